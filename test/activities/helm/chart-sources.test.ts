import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chartArgs } from '../../../src/activities/helm/chart.ts';
import { createHelmActivities, createHelmReader } from '../../../src/activities/helm/index.ts';
import type { HelmSpec } from '../../../src/domain/target.ts';
import { useCluster } from '../../support/cluster.ts';
import { createHelmSandbox, helmBinary, inActivity, type HelmSandbox } from './helm-sandbox.ts';

const cluster = useCluster();
let sandbox: HelmSandbox;
let server: Server;
let repository: string;

beforeAll(async () => {
  sandbox = await createHelmSandbox(cluster());
  await sandbox.helm('install', 'tensafe', sandbox.chart, '--set-string', 'image.tag=4.0.0');
  for (const version of ['1.0.0', '1.1.0', '1.2.0']) {
    await sandbox.helm('package', sandbox.chart, '--version', version, '--destination', sandbox.folder);
  }
  server = createServer((request, response) => {
    readFile(join(sandbox.folder, (request.url ?? '').replace('/charts/', ''))).then(
      (body) => response.end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}/charts`;
  await sandbox.helm('repo', 'index', sandbox.folder, '--url', repository);
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await sandbox.remove();
});

function deps() {
  // Downloads of this test stay with it.
  const environment = { ...process.env, HELM_CACHE_HOME: join(sandbox.folder, 'cache') };
  return { binary: helmBinary(), kubeconfig: sandbox.kubeconfig, environment };
}

function upgrade(spec: Partial<HelmSpec>, tag: string) {
  const call = { target: sandbox.target(spec), tag, key: `release-${tag}/upgrade` };
  return inActivity(() => createHelmActivities(deps()).upgradeHelmRelease(call));
}

test('a chart comes from a folder, from an archive, or by name and version from a repository', async () => {
  expect(await upgrade({}, '4.1.0')).toEqual({ revision: 2, chart: 'tensafe-1.0.0' });
  const archive = join(sandbox.folder, 'tensafe-1.1.0.tgz');
  expect(await upgrade({ chart: archive }, '4.1.1')).toEqual({ revision: 3, chart: 'tensafe-1.1.0' });
  expect(await upgrade({ chart: 'tensafe', repository, version: '1.1.0' }, '4.1.2')).toEqual({
    revision: 4,
    chart: 'tensafe-1.1.0',
  });
  expect(await upgrade({ chart: 'tensafe', repository }, '4.1.3')).toEqual({
    revision: 5,
    chart: 'tensafe-1.2.0',
  });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.1.3');
});

test.each<[string, () => Partial<HelmSpec>, string, boolean]>([
  ['a folder that is not there', () => ({ chart: '/nowhere/tensafe' }), 'not found', true],
  [
    'a version that the repository has not',
    () => ({ chart: 'tensafe', repository, version: '9.9.9' }),
    '9.9.9',
    true,
  ],
  [
    'a repository that is none',
    () => ({ chart: 'tensafe', repository: `${repository}/none` }),
    '404 Not Found',
    true,
  ],
  [
    'a repository that does not answer',
    () => ({ chart: 'tensafe', repository: 'http://127.0.0.1:9/c' }),
    'refused',
    false,
  ],
  [
    'a registry that does not answer',
    () => ({ chart: 'oci://127.0.0.1:9/charts/tensafe' }),
    'refused',
    false,
  ],
])('%s is told before and during the upgrade', async (_what, spec, says, nonRetryable) => {
  const target = sandbox.target(spec());
  expect(await createHelmReader(deps()).renderUpgrade(target, '4.3.0')).toEqual({
    ok: false,
    error: expect.stringContaining(says),
  });
  await expect(upgrade(spec(), '4.3.0')).rejects.toMatchObject({
    type: 'HelmFailed',
    nonRetryable,
    message: expect.stringContaining(says),
  });
});

test.each<[Pick<HelmSpec, 'chart' | 'repository' | 'version'>, readonly string[]]>([
  [{ chart: '/charts/tensafe' }, ['/charts/tensafe']],
  [
    { chart: 'oci://registry.example.com/charts/tensafe', version: '1.2.0' },
    ['oci://registry.example.com/charts/tensafe', '--version', '1.2.0'],
  ],
  [
    { chart: 'tensafe', repository: 'https://charts.example.com' },
    ['tensafe', '--repo', 'https://charts.example.com'],
  ],
])('%j is given to helm as %j', (spec, args) => {
  expect(chartArgs({ release: 'tensafe', imageTagValue: 'image.tag', ...spec })).toEqual(args);
});
