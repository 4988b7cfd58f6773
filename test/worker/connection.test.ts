/** Against a real Temporal server with certificates of its own and API keys. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chmod, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { freePorts } from '../../local/free-port.ts';
import { connectToTemporal } from '../../src/worker/connection.ts';
import { makeAuthority, makeCertificate, type Authority, type Certificate } from '../support/certificates.ts';
import {
  keysOnly,
  namespace,
  serverName,
  startSecuredTemporal,
  type SecuredTemporal,
} from '../support/secured-temporal.ts';
import { openWorkerScene, untilWorkerReady } from '../support/worker-scene.ts';

/** A Temporal server is built when it is not in the cache. */
const buildMilliseconds = 40 * 60_000;

let temporal: SecuredTemporal;
let stranger: Certificate;
let otherAuthority: Authority;
let expired: Certificate;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  temporal = await startSecuredTemporal();
  const { folder, authority } = temporal;
  otherAuthority = await makeAuthority(folder, 'other-authority');
  stranger = await makeCertificate(folder, 'stranger', { authority: otherAuthority, names: ['w'] });
  expired = await makeCertificate(folder, 'expired', {
    ...{ authority, names: ['localhost'], expired: true },
  });
}, buildMilliseconds);
afterAll(() => temporal.stop());

type Variables = Record<string, string>;

/** What a worker with a certificate is given. */
function byCertificate(change: Variables = {}): Variables {
  return {
    ...byKey(),
    TEMPORAL_TLS_SERVER_NAME: serverName,
    TEMPORAL_TLS_CLIENT_CERT_PATH: temporal.client.certificate,
    TEMPORAL_TLS_CLIENT_KEY_PATH: temporal.client.key,
    ...change,
  };
}

/** What a worker with no more than an API key is given. */
function byKey(change: Variables = {}): Variables {
  return {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: temporal.authority.certificate,
    TEMPORAL_TLS_SERVER_NAME: keysOnly,
    TEMPORAL_API_KEY: temporal.apiKey(`${namespace}:write`),
    ...change,
  };
}

async function connected(variables: Variables): Promise<string> {
  const { connection, namespace: found } = await connectToTemporal(variables);
  await connection.close();
  return found;
}

test('a worker connects by its certificate and by its API key', async () => {
  expect(await connected(byCertificate())).toBe(namespace);
  expect(await connected(byKey())).toBe(namespace);
});

test('a profile of temporal.toml is enough to serve', async () => {
  const scene = await openWorkerScene();
  const { authority, client, address, apiKey } = temporal;
  const file = join(scene.folder, 'temporal.toml');
  await writeFile(
    file,
    `[profile.company]
address = "${address}"
namespace = "${namespace}"
api_key = "${apiKey('temporal-system:admin', `${namespace}:admin`)}"
[profile.company.tls]
client_cert_path = "${client.certificate}"
client_key_path = "${client.key}"
server_ca_cert_path = "${authority.certificate}"
server_name = "${serverName}"
`,
  );
  const [port] = await freePorts([0]);
  try {
    const worker = scene.start({
      temporalAddress: address,
      args: ['--health-address', `127.0.0.1:${String(port)}`],
      env: { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'company' },
    });
    await worker.ready;
    expect(await untilWorkerReady(port)).toEqual({ ready: true, taskQueues: ['control', 'dev'] });
    await worker.stop();
    expect(await worker.ended).toBe(0);
    expect(await scene.log()).not.toContain(apiKey('x').slice(0, 20));
  } finally {
    await scene.close();
  }
});

const absent = '/nowhere/file.pem';

test.each<readonly [string, () => Variables, string]>([
  [
    'no server',
    () => ({ TEMPORAL_ADDRESS: '127.0.0.1:1' }),
    'No Temporal server answers at 127.0.0.1:1 (ECONNREFUSED).',
  ],
  [
    'TLS where the worker speaks none',
    () => ({ TEMPORAL_ADDRESS: temporal.address }),
    'TLS is spoken, and this worker was not told to. Set TEMPORAL_TLS=true',
  ],
  [
    'a server of an unknown authority',
    () => byKey({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: otherAuthority.certificate }),
    "is signed by nobody that this worker trusts (UNABLE_TO_VERIFY_LEAF_SIGNATURE). Name its authority's certificate in TEMPORAL_TLS_SERVER_CA_CERT_PATH",
  ],
  [
    'a server of another name',
    () => byCertificate({ TEMPORAL_TLS_SERVER_NAME: 'temporal.example.net' }),
    'is for another name than "temporal.example.net":',
  ],
  [
    'no client certificate',
    () => byKey({ TEMPORAL_TLS_SERVER_NAME: serverName }),
    'a client certificate is needed (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED). Set TEMPORAL_TLS_CLIENT_CERT_PATH',
  ],
  [
    'a client certificate of an authority that the server does not know',
    () =>
      byCertificate({
        TEMPORAL_TLS_CLIENT_CERT_PATH: stranger.certificate,
        TEMPORAL_TLS_CLIENT_KEY_PATH: stranger.key,
      }),
    "this worker's client certificate is not valid (",
  ],
  [
    "a key that is not the certificate's",
    () => byCertificate({ TEMPORAL_TLS_CLIENT_KEY_PATH: stranger.key }),
    'cannot be used:',
  ],
  [
    'a missing file',
    () => byCertificate({ TEMPORAL_TLS_CLIENT_CERT_PATH: absent }),
    `The client certificate is ${absent}: there is no such file.`,
  ],
  [
    'a certificate without a key',
    () => ({ TEMPORAL_TLS_CLIENT_CERT_PATH: temporal.client.certificate }),
    'There is a client certificate and no key. Set TEMPORAL_TLS_CLIENT_KEY_PATH, too.',
  ],
  [
    'a server that shall not be verified',
    () => byKey({ TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }),
    'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is not supported',
  ],
  [
    'an API key that is none',
    () => byKey({ TEMPORAL_API_KEY: 'nonsense' }),
    'is reached, and refuses this worker:',
  ],
  [
    'an API key for another namespace',
    () => byKey({ TEMPORAL_API_KEY: temporal.apiKey('other:write') }),
    `refuses this worker's API key for namespace "${namespace}": Request unauthorized.`,
  ],
  [
    'a certificate and no API key where one is asked for',
    () => {
      const { TEMPORAL_API_KEY: _none, ...others } = byCertificate();
      return others;
    },
    `refuses this worker, which has no API key, for namespace "${namespace}"`,
  ],
  [
    'a namespace that is not there',
    () => byKey({ TEMPORAL_NAMESPACE: 'absent', TEMPORAL_API_KEY: temporal.apiKey('temporal-system:admin') }),
    'has no namespace "absent". Create it with: temporal operator namespace create --namespace absent --retention 30d',
  ],
  [
    'a profile that is not there',
    () => ({ TEMPORAL_CONFIG_FILE: join(temporal.folder, 'temporal.toml'), TEMPORAL_PROFILE: 'absent' }),
    '(TEMPORAL_PROFILE=absent) cannot be read from',
  ],
  [
    'a file of profiles that is not there',
    () => ({ TEMPORAL_CONFIG_FILE: absent }),
    `TEMPORAL_CONFIG_FILE is ${absent}: there is no such file.`,
  ],
])('%s: the message says so', async (_case, variables, words) => {
  await writeFile(join(temporal.folder, 'temporal.toml'), '[profile.company]\naddress = "127.0.0.1:7233"\n');
  const given = variables();
  const started = connectToTemporal(given);
  await expect(started).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining(words),
  });
  const { message } = (await started.catch((error: unknown) => error)) as Error;
  expect(message).not.toContain(given['TEMPORAL_API_KEY'] ?? 'Bearer');
});

test('a file that the worker may not read is named', async () => {
  const file = join(temporal.folder, 'closed.pem');
  await writeFile(file, '');
  await chmod(file, 0o000);
  // Root may read it, and then finds that it holds no certificate.
  const words = process.getuid?.() === 0 ? 'cannot be used:' : 'the worker may not read it (EACCES)';
  await expect(connected(byCertificate({ TEMPORAL_TLS_CLIENT_CERT_PATH: file }))).rejects.toThrow(words);
});

test('a server whose certificate is expired, and one without TLS, are told apart', async () => {
  const expiredServer = createTlsServer({
    cert: readFileSync(expired.certificate),
    key: readFileSync(expired.key),
    ALPNProtocols: ['h2'],
  });
  const plainServer = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const said = async (server: typeof plainServer) => {
    server.on('connection', (socket) => socket.on('error', () => undefined));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const there = { TEMPORAL_ADDRESS: `127.0.0.1:${String(port)}`, TEMPORAL_TLS_SERVER_NAME: 'localhost' };
    const error = (await connected(byKey(there)).catch((failed: unknown) => failed)) as Error;
    server.close();
    return error.message;
  };
  expect(await said(expiredServer)).toContain('is expired or not yet valid (CERT_HAS_EXPIRED)');
  expect(await said(plainServer)).toContain('no TLS is spoken. Set TEMPORAL_TLS=false');
});
