/** The connection to Temporal, or a message that says what keeps it from being made. */
import { isGrpcServiceError } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { excerpt } from '../domain/redact.ts';
import { findTrouble, type Trouble } from './connection-probe.ts';
import { readConnectionSettings, type ConnectionSettings, type Environment } from './connection-settings.ts';
import { StartError } from './start-error.ts';

export interface TemporalConnection {
  readonly connection: NativeConnection;
  readonly namespace: string;
}

const answerWithin = 30_000;
const maxWords = 300;
/** gRPC's status codes. */
const grpc = { notFound: 5, permissionDenied: 7, unauthenticated: 16 };

/** Throws `StartError`. */
export async function connectToTemporal(environment?: Environment): Promise<TemporalConnection> {
  const settings = readConnectionSettings(environment);
  const connection = await connect(settings);
  try {
    await namespaceIsThere(connection, settings);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { connection, namespace: settings.namespace };
}

async function connect(settings: ConnectionSettings): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(settings.options);
  } catch (error) {
    throw new StartError(troubleText(settings, await findTrouble(settings), wordsOf(error)));
  }
}

async function namespaceIsThere(connection: NativeConnection, settings: ConnectionSettings): Promise<void> {
  const { namespace, address } = settings;
  try {
    await connection.withDeadline(Date.now() + answerWithin, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    if (codeOf(error) === grpc.notFound) {
      throw new StartError(
        `The Temporal server at ${address} has no namespace "${namespace}". Create it with: ` +
          `temporal operator namespace create --namespace ${namespace} --retention 30d, or set TEMPORAL_NAMESPACE.`,
      );
    }
    throw refused(settings, error);
  }
}

function refused({ address, namespace, options }: ConnectionSettings, error: unknown): StartError {
  const code = codeOf(error);
  if (code !== grpc.permissionDenied && code !== grpc.unauthenticated) {
    return new StartError(
      `The Temporal server at ${address} does not answer as it should: ${wordsOf(error)}`,
    );
  }
  const who = options.apiKey === undefined ? 'this worker, which has no API key,' : "this worker's API key";
  const remedy =
    options.apiKey === undefined
      ? 'Give it one in TEMPORAL_API_KEY (or api_key of its profile), or a client certificate that may.'
      : `Give it an API key that is valid and may write to the namespace, and check TEMPORAL_NAMESPACE.`;
  return new StartError(
    `The Temporal server at ${address} refuses ${who} for namespace "${namespace}": ${wordsOf(error)} ${remedy}`,
  );
}

function troubleText({ address, options }: ConnectionSettings, trouble: Trouble, words: string): string {
  const server = `the Temporal server at ${address}`;
  switch (trouble.kind) {
    case 'unreachable':
      return (
        `No Temporal server answers at ${address} (${trouble.code}). ` +
        'Start one with `temporal server start-dev`, or set TEMPORAL_ADDRESS or TEMPORAL_PROFILE.'
      );
    case 'speaksTls':
      return `At ${address} TLS is spoken, and this worker was not told to. Set TEMPORAL_TLS=true, and what its certificate asks for.`;
    case 'speaksNoTls':
      return `At ${address} no TLS is spoken. Set TEMPORAL_TLS=false if that is as it should be, or check TEMPORAL_ADDRESS.`;
    case 'badFiles':
      return `The certificates for ${server} cannot be used: ${trouble.why}. Check that the files are PEM, and that the key belongs to the certificate.`;
    case 'unknownAuthority':
      return (
        `The certificate of ${server} is signed by nobody that this worker trusts (${trouble.code}). ` +
        "Name its authority's certificate in TEMPORAL_TLS_SERVER_CA_CERT_PATH."
      );
    case 'otherName':
      return (
        `The certificate of ${server} is for another name than "${trouble.expected}": ${trouble.why} ` +
        'Connect by a name that it holds, or set TEMPORAL_TLS_SERVER_NAME to one.'
      );
    case 'expired':
      return `The certificate of ${server} is expired or not yet valid (${trouble.code}). Renew it there, or check this machine's clock.`;
    case 'clientRefused':
      return hasClientCertificate(options)
        ? `To ${server} this worker's client certificate is not valid (${trouble.code}). Check that its authority is known there, and that it is not expired.`
        : `To reach ${server} a client certificate is needed (${trouble.code}). Set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH.`;
    case 'none':
      return (
        `The Temporal server at ${address} is reached, and refuses this worker: ${words} ` +
        (options.apiKey === undefined
          ? 'Does it ask for an API key (TEMPORAL_API_KEY)?'
          : 'Is its API key valid?')
      );
  }
}

function hasClientCertificate({ tls }: ConnectionSettings['options']): boolean {
  return typeof tls === 'object' && tls !== null && tls.clientCertPair !== undefined;
}

function codeOf(error: unknown): number | undefined {
  return isGrpcServiceError(error) ? error.code : undefined;
}

/** One line; it may hold words of the server. */
function wordsOf(error: unknown): string {
  return excerpt(error instanceof Error ? error.message : String(error), maxWords);
}
