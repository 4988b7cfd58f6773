/**
 * A real Temporal server as an organisation runs it: TLS with certificates of its own, clients known by theirs,
 * and API keys (JSON Web Tokens) that say who may do what. Under the name `keysOnly` a client needs no certificate.
 */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtemp, open, readFile, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { freePorts } from '../../local/free-port.ts';
import { keep } from '../../local/keep.ts';
import { provideTools } from '../../local/tools.ts';
import { makeAuthority, makeCertificate, type Authority, type Certificate } from './certificates.ts';

export const serverName = 'temporal.example.com';
export const keysOnly = 'keys.example.com';
/** The one namespace that it has. */
export const namespace = 'shop';

export interface SecuredTemporal {
  /** `127.0.0.1:7233`: no name that its certificate holds. */
  readonly address: string;
  readonly folder: string;
  readonly authority: Authority;
  /** Of a worker that it knows. */
  readonly client: Certificate;
  /** For example `apiKey('shop:write')`, or of its administrator: `apiKey('temporal-system:admin')`. */
  readonly apiKey: (...permissions: readonly string[]) => string;
  readonly stop: () => Promise<void>;
}

/** Without the one for schedules and the like, which would need an API key of its own. */
const parts = ['frontend', 'internal-frontend', 'history', 'matching'].flatMap((part) => ['--service', part]);
const startTimeoutMs = 120_000;
const answerTimeoutMs = 10_000;
/** Of gRPC. */
const alreadyExists = 6;

export async function startSecuredTemporal(): Promise<SecuredTemporal> {
  const { 'temporal-server': installed } = await provideTools(['temporal-server']);
  const folder = await mkdtemp(join(tmpdir(), 'fairway-secured-temporal-'));
  const keeper = keep({ marker: `${folder}/`, folder });
  const keys = await startKeys();
  const stop = async () => {
    keys.close();
    await keeper.end();
  };
  try {
    const authority = await makeAuthority(folder, 'authority');
    const names = [serverName, keysOnly];
    const server = await makeCertificate(folder, 'server', { authority, names });
    const client = await makeCertificate(folder, 'client', { authority, names: ['worker'] });
    const ports = await freePorts(Array.from({ length: 8 }, () => 0));
    const config = join(folder, 'server.yaml');
    await writeFile(config, configuration({ ports, authority, server, jwks: keys.url }));
    // Its command line then tells whose it is.
    const program = join(folder, 'temporal-server');
    await symlink(installed, program);
    const log = await open(join(folder, 'server.log'), 'a');
    const child = spawn(program, ['--config-file', config, 'start', ...parts], {
      env: { PATH: process.env['PATH'], HOME: folder },
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    child.unref();
    await log.close();
    const address = `127.0.0.1:${String(ports[0])}`;
    const secured = { address, folder, authority, client, apiKey: keys.sign, stop };
    await addNamespace(secured);
    return secured;
  } catch (error) {
    const log = await readFile(join(folder, 'server.log'), 'utf8').catch(() => '');
    await stop();
    throw new Error(`The secured Temporal server did not start:\n${log.slice(-4_000)}`, { cause: error });
  }
}

/** The server looks the signers' keys up where the organisation publishes them. */
async function startKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] };
  const server = createServer((_request, response) => response.end(JSON.stringify(jwks)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  server.unref();
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/keys.json`,
    close: () => server.close(),
    sign: (...permissions: readonly string[]): string => {
      const exp = Math.floor(Date.now() / 1_000) + 3_600;
      const unsigned = `${encoded({ alg: 'RS256', kid: 'one' })}.${encoded({ sub: 'test', exp, permissions })}`;
      return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(privateKey, 'base64url')}`;
    },
  };
}

async function addNamespace({ address, authority, apiKey }: Omit<SecuredTemporal, 'stop'>): Promise<void> {
  const serverRootCACertificate = await readFile(authority.certificate);
  const connection = Connection.lazy({
    address,
    tls: { serverRootCACertificate, serverNameOverride: keysOnly },
    apiKey: apiKey('temporal-system:admin'),
  });
  const deadline = Date.now() + startTimeoutMs;
  const { workflowService } = connection;
  try {
    for (; ; await sleep(100)) {
      try {
        await connection.withDeadline(Date.now() + answerTimeoutMs, async () => {
          await registerNamespace(workflowService);
          // The servers know it a moment later.
          await workflowService.listOpenWorkflowExecutions({ namespace, maximumPageSize: 1 });
        });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  } finally {
    await connection.close();
  }
}

/** Where it is there already, an earlier attempt has made it. */
async function registerNamespace(workflowService: Connection['workflowService']): Promise<void> {
  const workflowExecutionRetentionPeriod = { seconds: (3 * 86_400) as never };
  try {
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  } catch (error) {
    const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
    if (code !== alreadyExists) throw error;
  }
}

function configuration({
  ports,
  authority,
  server,
  jwks,
}: {
  ports: readonly number[];
  authority: Certificate;
  server: Certificate;
  jwks: string;
}): string {
  const rpc = (role: number) => ({
    rpc: { grpcPort: ports[2 * role], membershipPort: ports[2 * role + 1], bindOnIP: '127.0.0.1' },
  });
  const files = { certFile: server.certificate, keyFile: server.key };
  const store = {
    sql: {
      ...{ pluginName: 'sqlite', databaseName: 'one', connectAddr: 'localhost', connectProtocol: 'tcp' },
      connectAttributes: { mode: 'memory', cache: 'private' },
      ...{ maxConns: 1, maxIdleConns: 1, maxConnLifetime: '1h' },
    },
  };
  const frontend = {
    server: { ...files, requireClientAuth: true, clientCaFiles: [authority.certificate] },
    hostOverrides: { [keysOnly]: { ...files, requireClientAuth: false } },
    client: { serverName, rootCaFiles: [authority.certificate] },
  };
  // JSON is YAML.
  return JSON.stringify({
    log: { stdout: true, level: 'error' },
    persistence: {
      ...{ defaultStore: 'store', visibilityStore: 'visibility', numHistoryShards: 1 },
      datastores: { store, visibility: store },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' },
      tls: { frontend },
      authorization: {
        jwtKeyProvider: { keySourceURIs: [jwks], refreshInterval: '1h' },
        ...{ permissionsClaimName: 'permissions', authorizer: 'default', claimMapper: 'default' },
      },
    },
    // What the server asks itself goes through a door of its own.
    services: { frontend: rpc(0), matching: rpc(1), history: rpc(2), 'internal-frontend': rpc(3) },
    clusterMetadata: {
      ...{ enableGlobalNamespace: false, failoverVersionIncrement: 10 },
      ...{ masterClusterName: 'active', currentClusterName: 'active' },
      clusterInformation: {
        active: {
          ...{ enabled: true, initialFailoverVersion: 1, rpcName: 'frontend' },
          rpcAddress: `127.0.0.1:${String(ports[0])}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
  });
}
