/** Every command of the page about the chart, typed on a cluster whose pods are simulated. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CoreV1Api } from '@kubernetes/client-node';
import { parse, stringify } from 'yaml';
import { render } from '../support/chart.ts';
import { aNamespace, useLocalCluster } from '../support/cluster.ts';
import { blocksOf, readPage } from './documented-commands.ts';
import { playedPage } from './played-page.ts';

// Pods come and go several times on a machine that may be busy.
jest.setTimeout(180_000);

const page = 'docs/operator/helm-chart.md';
const cluster = useLocalCluster();
let folder: string;
let own: string;
let config: object;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-chart-page-'));
  const namespace = await aNamespace(cluster());
  own = `${namespace}-fairway`;
  config = {
    environments: {
      staging: { cluster: 'here', namespace },
      production: { cluster: 'there', namespace: 'shop' },
    },
    services: { shop: { image: 'shop/server', verification: { port: 8000 } } },
  };
  const [values = ''] = blocksOf(await readPage(page), 'yaml');
  await writeFile(join(folder, 'fairway.yaml'), stringify(config));
  await writeFile(join(folder, 'values.yaml'), values);
  await symlink(new URL('../../deploy', import.meta.url).pathname, join(folder, 'deploy'));
});

afterAll(async () => {
  await cluster().config.makeApiClient(CoreV1Api).deleteNamespace({ name: own });
  await rm(folder, { recursive: true });
});

test('from the installation to the removal', async () => {
  const { play, leftOver } = await playedPage(page, {
    env: () => ({ KUBECONFIG: cluster().kubeconfig }),
    folder,
    names: { 'namespace fairway': `namespace ${own}` },
  });
  await play('kubectl create namespace');
  await play('kubectl create secret');
  expect(await play('helm install')).toContain('Worker staging serves staging.');
  const pods = await play('kubectl get pods');
  expect(pods.match(/fairway-(control|staging)-\S+ +1\/1/g)).toHaveLength(4);
  expect(await play('helm template')).toContain('kind: RoleBinding');
  await play('helm upgrade');
  await play('kubectl rollout restart');
  await play('helm uninstall');
  expect(leftOver()).toEqual([]);
});

test('a worker alone, in another cluster', async () => {
  const [, values = ''] = blocksOf(await readPage(page), 'yaml');
  const { objects } = await render({ ...(parse(values) as object), config });
  expect(objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata?.name)).toEqual([
    'fairway-production',
  ]);
});
