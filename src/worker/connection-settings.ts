/** How Temporal is reached: the profiles of temporal.toml, and TEMPORAL_* variables over them. */
import { accessSync, constants } from 'node:fs';
import {
  loadClientConfigProfile,
  toClientOptions,
  type ClientConfigProfile,
  type ConfigDataSource,
} from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { optional } from '../domain/fields.ts';
import { StartError } from './start-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConnectionSettings {
  readonly address: string;
  readonly namespace: string;
  readonly options: NativeConnectionOptions;
}

const defaultAddress = 'localhost:7233';

/** Throws `StartError` when a file or a profile is not there, or the settings contradict each other. */
export function readConnectionSettings(environment: Environment = process.env): ConnectionSettings {
  const profile = loadProfile(environment);
  const { address = defaultAddress, namespace = 'default', tls } = profile;
  if (tls !== undefined && tls.disabled !== true) {
    readable('The client certificate', tls.clientCert);
    readable("The client certificate's key", tls.clientKey);
    readable("The certificate of the server's authority", tls.serverCACert);
    if ((tls.clientCert === undefined) !== (tls.clientKey === undefined)) {
      const [given, missing] = tls.clientKey === undefined ? ['certificate', 'key'] : ['key', 'certificate'];
      throw wrong(
        `There is a client ${given} and no ${missing}`,
        `Set TEMPORAL_TLS_CLIENT_${missing === 'key' ? 'KEY' : 'CERT'}_PATH, too`,
      );
    }
  }
  // The SDK would ignore it, and then refuse the server for reasons that nobody expects.
  if (isTrue(environment['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'])) {
    throw wrong(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is not supported: the server is always verified',
      'Give its authority (TEMPORAL_TLS_SERVER_CA_CERT_PATH) and the name in its certificate (TEMPORAL_TLS_SERVER_NAME)',
    );
  }
  const { connectionOptions } = toClientOptions(profile);
  const { apiKey, metadata, tls: tlsOptions } = connectionOptions;
  return {
    address,
    namespace,
    options: {
      address,
      ...optional('apiKey', apiKey),
      ...optional('metadata', metadata),
      ...optional('tls', tlsOptions),
    },
  };
}

function loadProfile(environment: Environment): ClientConfigProfile {
  const file = environment['TEMPORAL_CONFIG_FILE'];
  // The SDK goes on without a file that it was told to read.
  if (file !== undefined) readable('TEMPORAL_CONFIG_FILE', { path: file });
  const given = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const overrideEnvVars = Object.fromEntries(given);
  try {
    return loadClientConfigProfile({ overrideEnvVars });
  } catch (error) {
    const name = environment['TEMPORAL_PROFILE'];
    const where = file ?? 'temporal.toml of your configuration folder';
    const why = error instanceof Error ? error.message : String(error);
    throw wrong(
      `Temporal's settings${name === undefined ? '' : ` (TEMPORAL_PROFILE=${name})`} cannot be read from ${where}: ${why}`,
      'List the profiles with `temporal config list`, or name another file in TEMPORAL_CONFIG_FILE',
    );
  }
}

function readable(what: string, source: ConfigDataSource | undefined): void {
  if (source === undefined || !('path' in source)) return;
  try {
    accessSync(source.path, constants.R_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `the worker may not read it (${code ?? ''})`;
    throw wrong(
      `${what} is ${source.path}: ${why}`,
      'Name another file, or make this one readable for the worker',
    );
  }
}

function isTrue(text: string | undefined): boolean {
  return text === '1' || text === 'true';
}

function wrong(what: string, remedy: string): StartError {
  return new StartError(`${what}. ${remedy}.`, 2);
}
