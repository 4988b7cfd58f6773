/**
 * The worker with the variables and files that the chart gives its pods, against a Temporal server with certificates
 * of its own: with Secrets as kubectl and cert-manager make them.
 */
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { freePorts } from '../../local/free-port.ts';
import { makeAuthority } from '../support/certificates.ts';
import { render, valuesFor } from '../support/chart.ts';
import { surroundingsOf, type SecretData } from '../support/pod-surroundings.ts';
import {
  keysOnly,
  namespace,
  serverName,
  startSecuredTemporal,
  type SecuredTemporal,
} from '../support/secured-temporal.ts';
import { openWorkerScene, untilWorkerReady } from '../support/worker-scene.ts';

jest.setTimeout(400_000);
/** A Temporal server is built when it is not in the cache. */
const buildMilliseconds = 40 * 60_000;

let temporal: SecuredTemporal;
let secrets: Readonly<Record<string, SecretData>>;

beforeAll(async () => {
  temporal = await startSecuredTemporal();
  const { folder, authority, client, apiKey } = temporal;
  const [ca, crt, key] = await Promise.all(
    [authority.certificate, client.certificate, client.key].map((file) => readFile(file, 'utf8')),
  );
  const other = await makeAuthority(folder, 'other');
  const certificate = { 'tls.crt': crt ?? '', 'tls.key': key ?? '' };
  secrets = {
    key: { TEMPORAL_API_KEY: apiKey('temporal-system:admin', `${namespace}:admin`) },
    ca: { 'ca.crt': ca ?? '' },
    kubectl: certificate,
    both: { ...certificate, 'ca.crt': ca ?? '' },
    // Its ca.crt has signed clients, and never the server.
    certManager: { ...certificate, 'ca.crt': await readFile(other.certificate, 'utf8') },
  };
}, buildMilliseconds);
afterAll(() => temporal.stop());

const configuration = {
  environments: { dev: { cluster: 'here', namespace: 'shop' } },
  services: { shop: { image: 'example/shop' } },
};

async function renderedEnvironment(tls: object): Promise<Record<string, string>> {
  const { deployment } = await render(
    valuesFor(configuration, {
      temporal: { address: temporal.address, namespace, tls: { enabled: true, ...tls }, apiKeySecret: 'key' },
    }),
  );
  const pod = deployment('fairway-control').spec?.template.spec;
  if (pod === undefined) throw new Error('The chart makes no pods.');
  return surroundingsOf(pod, secrets, await mkdtemp(join(temporal.folder, 'pod-')));
}

/** Answers what it says of its readiness once it is ready; rejects with its last lines when it does not serve. */
async function serves(env: NodeJS.ProcessEnv): Promise<unknown> {
  const scene = await openWorkerScene();
  const [port] = await freePorts([0]);
  try {
    const worker = scene.start({
      temporalAddress: temporal.address,
      args: ['--no-environments', '--health-address', `127.0.0.1:${String(port)}`],
      env,
    });
    await worker.ready;
    return await untilWorkerReady(port);
  } finally {
    await scene.close();
  }
}

const ready = { ready: true, taskQueues: ['control'] };

test('a certificate of `kubectl create secret tls`, and a server that one of the system’s authorities has signed', async () => {
  const env = await renderedEnvironment({ clientSecret: 'kubectl', serverName });
  expect(env).not.toHaveProperty('TEMPORAL_TLS_SERVER_CA_CERT_PATH');
  expect(await serves({ ...env, SSL_CERT_FILE: temporal.authority.certificate })).toEqual(ready);
});

test('a certificate of cert-manager, whose own ca.crt says nothing of the server', async () => {
  const env = await renderedEnvironment({ clientSecret: 'certManager', caSecret: 'ca', serverName });
  expect(await serves(env)).toEqual(ready);
});

test('an authority of one’s own and no certificate', async () => {
  const env = await renderedEnvironment({ caSecret: 'ca', serverName: keysOnly });
  expect(env).not.toHaveProperty('TEMPORAL_TLS_CLIENT_CERT_PATH');
  expect(await serves(env)).toEqual(ready);
});

test('one Secret for both', async () => {
  const env = await renderedEnvironment({ clientSecret: 'both', caSecret: 'both', serverName });
  expect(await serves(env)).toEqual(ready);
});

test.each([
  ['a Secret that there is not', { caSecret: 'cas' }, 'secret "cas" not found'],
  ['a Secret without the authority', { caSecret: 'kubectl' }, 'references non-existent secret key: ca.crt'],
  ['a Secret without a certificate', { clientSecret: 'ca' }, 'references non-existent secret key: tls.crt'],
])('%s keeps the pod from starting', async (_name, tls, words) => {
  await expect(renderedEnvironment(tls)).rejects.toThrow(words);
});
