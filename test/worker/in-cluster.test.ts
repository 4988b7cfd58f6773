import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseWorkerArguments } from '../../src/worker/arguments.ts';
import { inClusterAccess, openClusters } from '../../src/worker/in-cluster.ts';
import { aTarget } from '../support/a-target.ts';

const environment = { KUBERNETES_SERVICE_HOST: '192.0.2.1', KUBERNETES_SERVICE_PORT: '443' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-account-'));
  await writeFile(join(folder, 'token'), 'first-token');
  await writeFile(join(folder, 'ca.crt'), 'an authority');
});

afterEach(() => rm(folder, { recursive: true }));

test("the pod's cluster is reached under the name that fairway.yaml has for it, by this process and by helm", async () => {
  const { kubeConfig, kubeconfigPath, close } = await inClusterAccess({
    context: 'prod-cluster',
    folder,
    environment,
  });
  expect(kubeConfig.getCurrentContext()).toBe('prod-cluster');
  expect(kubeConfig.getCurrentCluster()?.server).toBe('https://192.0.2.1:443');
  const options: RequestOptions = { headers: {} };
  await kubeConfig.applyToHTTPSOptions(options);
  expect(options.headers).toMatchObject({ Authorization: 'Bearer first-token' });
  expect(String(options.ca)).toBe('an authority');

  // Tokens are renewed: helm finds the one of the moment by its path.
  const forHelm = await readFile(kubeconfigPath, 'utf8');
  expect(forHelm).not.toContain('first-token');
  expect(JSON.parse(forHelm)).toMatchObject({
    'current-context': 'prod-cluster',
    users: [{ user: { tokenFile: join(folder, 'token') } }],
  });
  await close();
  await expect(stat(kubeconfigPath)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an address of IPv6 stands in brackets', async () => {
  const { kubeConfig, close } = await inClusterAccess({
    context: 'c',
    folder,
    environment: { ...environment, KUBERNETES_SERVICE_HOST: 'fd00::1' },
  });
  expect(kubeConfig.getCurrentCluster()?.server).toBe('https://[fd00::1]:443');
  await close();
});

test('outside a pod, and without an account, the words say what to do', async () => {
  const account = { context: 'c', folder, environment };
  await expect(inClusterAccess({ ...account, environment: {} })).rejects.toThrow(
    /--in-cluster is for a worker in a pod.*use --kubeconfig FILE/,
  );
  await expect(inClusterAccess({ ...account, folder: '/nowhere' })).rejects.toThrow(
    /\/nowhere\/token cannot be read.*automountServiceAccountToken: true/,
  );
});

test('an environment of another cluster is refused, and never reached by the wrong account', async () => {
  const { environment: elsewhere } = aTarget();
  const args = parseWorkerArguments(['--in-cluster', 'prod-cluster', '--service-account', folder]);
  await expect(openClusters(args, [elsewhere])).rejects.toThrow(
    /Environment dev is on cluster dev-cluster, and --in-cluster prod-cluster reaches no other/,
  );
});

test.each([
  [['--no-environments', '--environment', 'dev'], '--environment and --no-environments contradict'],
  [['--no-environments', '--no-control'], 'there is nothing to serve'],
  [['--in-cluster', 'c', '--kubeconfig', 'f'], '--in-cluster and --kubeconfig contradict'],
  [['--service-account', '/x'], 'add --in-cluster CONTEXT'],
])('%j is refused', (args, words) => {
  expect(() => parseWorkerArguments(args)).toThrow(words);
});
