import { access, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chartArgs } from '../../../src/activities/helm/chart.ts';
import { createHelmActivities, createHelmReader } from '../../../src/activities/helm/index.ts';
import type { HelmCall, RunHelm } from '../../../src/activities/helm/helm-cli.ts';
import { withRepositoryLogin } from '../../../src/activities/helm/repository-login.ts';
import { optional } from '../../../src/domain/fields.ts';
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
    const { authorization } = request.headers;
    if (request.url?.startsWith('/private/') && authorization !== `Basic ${btoa('ana:s3cret-word')}`) {
      response.writeHead(401).end();
      return;
    }
    readFile(join(sandbox.folder, (request.url ?? '').replace(/^\/(?:charts|private)\//, ''))).then(
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

function upgrade(spec: Partial<HelmSpec>, tag: string, repositoryPassword?: string) {
  const call = { target: sandbox.target(spec), tag, key: `release-${tag}/upgrade` };
  return inActivity(() =>
    createHelmActivities({
      ...deps(),
      ...optional('repositoryPassword', repositoryPassword),
    }).upgradeHelmRelease(call),
  );
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

test('a repository that asks for a login gets it, and no process shows the password', async () => {
  const spec = { chart: 'tensafe', repository: repository.replace('charts', 'private'), version: '1.1.0' };
  await expect(upgrade(spec, '4.2.0')).rejects.toMatchObject({
    type: 'HelmFailed',
    message: expect.stringContaining('401'),
  });
  const withUser = { ...spec, repositoryUser: 'ana' };
  await expect(upgrade(withUser, '4.2.0')).rejects.toMatchObject({
    type: 'HelmFailed',
    nonRetryable: true,
    message: expect.stringContaining('FAIRWAY_HELM_REPOSITORY_PASSWORD'),
  });
  await expect(upgrade(withUser, '4.2.0', 'not-it')).rejects.toMatchObject({
    type: 'HelmFailed',
    nonRetryable: true,
    message: expect.stringContaining('401'),
  });
  expect(await upgrade(withUser, '4.2.0', 's3cret-word')).toMatchObject({ chart: 'tensafe-1.1.0' });
});

test('the password of a repository is given to helm on its standard input alone, and its files go', async () => {
  const calls: HelmCall[] = [];
  const files = new Set<string>();
  const run: RunHelm = (call) => {
    calls.push(call);
    const at = call.args.indexOf('--repository-config');
    files.add(dirname(call.args[at + 1] ?? ''));
    return Promise.resolve({ outcome: 'done', stdout: '' });
  };
  const spec = { chart: 'tensafe', repository: 'https://charts.example.com', repositoryUser: 'ana' };
  const args = ['upgrade', 'tensafe', ...chartArgs({ ...sandbox.target().service.helm!, ...spec }), '--wait'];
  const call = { args, cluster: 'c', namespace: 'n', timeoutSeconds: 600, stdin: 'values' };
  await withRepositoryLogin(run, 's3cret-word')(call);
  expect(calls.map(({ stdin }) => stdin)).toEqual(['s3cret-word', 'values']);
  expect(calls.flatMap((each) => each.args).join(' ')).not.toContain('s3cret-word');
  expect(calls[1]?.args.slice(0, 4)).toEqual(['upgrade', 'tensafe', 'login/tensafe', '--wait']);
  expect(files.size).toBe(1);
  for (const folder of files) await expect(access(folder)).rejects.toThrow('ENOENT');
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

test.each<[Pick<HelmSpec, 'chart' | 'repository' | 'repositoryUser' | 'version'>, readonly string[]]>([
  [{ chart: '/charts/tensafe' }, ['/charts/tensafe']],
  [
    { chart: 'oci://registry.example.com/charts/tensafe', version: '1.2.0' },
    ['oci://registry.example.com/charts/tensafe', '--version', '1.2.0'],
  ],
  [
    { chart: 'tensafe', repository: 'https://charts.example.com' },
    ['tensafe', '--repo', 'https://charts.example.com'],
  ],
  [
    { chart: 'tensafe', repository: 'https://charts.example.com', repositoryUser: 'ana', version: '1.2.0' },
    ['tensafe', '--repo', 'https://charts.example.com', '--username', 'ana', '--version', '1.2.0'],
  ],
])('%j is given to helm as %j', (spec, args) => {
  expect(chartArgs({ release: 'tensafe', imageTagValue: 'image.tag', ...spec })).toEqual(args);
});
