/**
 * The operator's guide from its first line to its last: the chart is installed, a canary goes to production with two
 * approvals, and the workers are upgraded in the middle of it. Pods are simulated on the local cluster, so the workers
 * run as processes, with the configuration that was installed and the rights of the account that the chart made.
 */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CoreV1Api } from '@kubernetes/client-node';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { toolsFolder } from '../support/cluster.ts';
import { blocksOf, documentedCommands, readPage } from './documented-commands.ts';
import { pageConfiguration } from './page-configuration.ts';
import { playedPage } from './played-page.ts';
import { useReader } from './reader.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(1_200_000);

const path = 'docs/operator/guide.md';
const reader = useReader('staging', 'production');
let folder: string;
let configuration: string;
let namespaces: Readonly<Record<'staging' | 'production' | 'fairway', string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-operator-'));
  namespaces = {
    staging: reader.place('staging').namespace,
    production: reader.place('production').namespace,
    fairway: `${reader.place('production').namespace}-fairway`,
  };
  const [file = '', values = ''] = blocksOf(await readPage(path), 'yaml');
  const hasty = file.replace('bake: 5m', 'bake: 1s');
  const { staging, production } = namespaces;
  configuration = pageConfiguration([hasty], {
    context: reader.context(),
    namespaces: { staging, production },
  });
  await writeFile(join(folder, 'fairway.yaml'), configuration);
  await writeFile(join(folder, 'values.yaml'), readersValues(values));
  await symlink(fileURLToPath(new URL('../../deploy', import.meta.url)), join(folder, 'deploy'));
});

afterAll(async () => {
  const core = reader.config().makeApiClient(CoreV1Api);
  for (const name of [namespaces.fairway, chartNamespace()]) await core.deleteNamespace({ name });
  await rm(folder, { recursive: true });
});

/** Where the chart's own page installs it. */
const chartNamespace = (): string => `${namespaces.staging}-fairway`;

function readersValues(text: string): string {
  const values = parse(text) as { temporal: object; workers: readonly object[] };
  return stringify({
    ...values,
    temporal: { ...values.temporal, address: reader.env()['TEMPORAL_ADDRESS'] },
    workers: values.workers.map((worker) => ({ ...worker, referencedSecrets: ['tensafe-secrets'] })),
  });
}

/** A kubeconfig of the account that the chart made for its cluster worker. */
async function accountOfTheChart(): Promise<string> {
  const { stdout: token } = await execa(join(toolsFolder(), 'kubectl'), [
    ...['create', 'token', 'fairway-main', '--namespace', namespaces.fairway],
    ...['--kubeconfig', reader.kubeconfig()],
  ]);
  const cluster = reader.config().getCurrentCluster();
  const name = reader.context();
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server: cluster?.server,
          ...(cluster?.caData === undefined ? {} : { 'certificate-authority-data': cluster.caData }),
          ...(cluster?.caFile === undefined ? {} : { 'certificate-authority': cluster.caFile }),
          ...(cluster?.skipTLSVerify === true ? { 'insecure-skip-tls-verify': true } : {}),
        },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  const file = join(folder, 'kubeconfig.json');
  await writeFile(file, JSON.stringify(kubeconfig));
  return file;
}

async function serve(): Promise<void> {
  const kubeconfig = await accountOfTheChart();
  await reader.serve(configuration, [
    { args: ['--no-environments'] },
    { kubeconfig, args: ['--no-control', '--environment', 'staging', '--environment', 'production'] },
  ]);
}

test('from nothing to an approved production release, an upgrade in the middle of it, and back', async () => {
  const page = await playedPage(path, {
    env: reader.env,
    folder,
    names: {
      'fairway-system': namespaces.fairway,
      'shop-production': namespaces.production,
      'shop-staging ': `${namespaces.staging} `,
    },
  });

  // Install
  await page.play('kubectl create namespace');
  await page.play('helm upgrade --install');
  expect(await page.play('kubectl get pods')).toMatch(/fairway-main-\S+\s+1\/1\s+Running/);
  await serve();
  await page.play('temporal task-queue describe --task-queue fairway');
  await page.play('temporal task-queue describe --task-queue fairway-production');
  expect(await page.play('temporal operator search-attribute list')).toContain('FairwayOutcome');

  // The first service
  await page.play('temporal workflow execute --type verification');
  await page.play('temporal workflow execute --type release --task-queue fairway --workflow-id shop-plan');
  expect(await reader.place('staging').images()).toEqual(['tensafe/server:4.0.0']);
  await page.play('temporal workflow execute --type release');
  expect(await reader.place('staging').images()).toContain('tensafe/server:4.1.0');

  // The first production release
  // Lists are a moment behind, and whoever promotes asks them.
  await reader.untilListed('shop-staging-4.1.0');
  await page.play('temporal workflow start --type release');
  await reader.untilStatus('shop-4.1.0', ({ approval }) => approval !== undefined);
  await page.play('temporal workflow metadata', { until: 'approve' });
  await page.play('temporal workflow signal -w shop-4.1.0 --name approve');
  await page.play('temporal workflow signal -w shop-4.1.0 --name approve');
  await reader.untilStatus('shop-4.1.0', ({ phase }) => phase === 'Watch at 50 %');

  // The upgrade, in the middle
  await page.play('helm upgrade --install');
  await page.play('kubectl rollout status');
  await serve();
  const running = await page.play('temporal workflow list', { until: 'shop-4.1.0' });
  expect(running).toContain('target:shop:production');
  await page.play('temporal workflow query', { until: '"phase":"Watch at 50 %"' });
  expect(await page.play('temporal workflow describe')).toContain('target:shop:production');
  // The ten minutes of the page are long enough for an upgrade on any machine, and end by a person's word.
  await reader.promote('shop-4.1.0');
  expect(await reader.ended('shop-4.1.0')).toMatchObject({ outcome: 'released' });
  expect(await reader.place('production').images()).toContain('tensafe/server:4.1.0');
  await page.play('temporal workflow execute --type rollback');

  // When Fairway itself is in trouble
  await page.play('kubectl describe pods');
  await page.play('temporal task-queue describe');
  expect(await page.play('kubectl auth can-i')).toContain('yes');
  // So slow that nobody stops it too late.
  const version = '4.2.0-slow-start';
  const again = { service: 'shop', environment: 'staging', version, requestedBy: 'you@example.com' };
  await reader.start('release', 'shop-4.1.0', again);
  await reader.untilStatus('shop-4.1.0', ({ phase }) => phase === 'Monitor rollout');
  await page.play('temporal workflow cancel');
  expect(await reader.ended('shop-4.1.0')).toMatchObject({ outcome: 'aborted' });
  await page.play('temporal workflow execute --type diagnosis');
  await listed('diagnosis', 'rollback', 'verification', 'release');
  expect(await page.play('kubectl get configmaps')).toContain('fairway-backup-shop');
  await page.play('helm uninstall');
  expect(page.leftOver()).toEqual([]);
});

/** By what the guide's list of running work asks for, whether they run or have ended. */
async function listed(...types: readonly string[]): Promise<void> {
  const { text = '' } =
    (await documentedCommands(path)).find((each) => each.text.startsWith('temporal workflow list')) ?? {};
  const [, asked = ''] = /"(.*) AND ExecutionStatus = 'Running'"/.exec(text) ?? [];
  expect(asked).not.toBe('');
  for (const type of types) {
    const found = async () => {
      const { stdout } = await reader.cli(
        'workflow',
        'list',
        '--query',
        `${asked} AND WorkflowType = '${type}'`,
      );
      return stdout.includes(type);
    };
    // Lists of Temporal are a moment behind.
    while (!(await found())) await new Promise((next) => setTimeout(next, 300));
  }
}

test("the chart's own page, from its installation to its removal", async () => {
  const chartPage = 'docs/operator/helm-chart.md';
  const [values = ''] = blocksOf(await readPage(chartPage), 'yaml');
  await writeFile(join(folder, 'values.yaml'), readersValues(values));
  const page = await playedPage(chartPage, {
    env: reader.env,
    folder,
    names: { 'namespace fairway': `namespace ${chartNamespace()}` },
  });
  await page.play('kubectl create namespace');
  await page.play('kubectl create secret');
  await page.play('helm install');
  expect(await page.play('kubectl get pods')).toMatch(/fairway-control-\S+\s+1\/1\s+Running/);
  expect(await page.play('helm template')).toContain('kind: Role');
  await page.play('helm upgrade');
  await page.play('kubectl rollout restart');
  await page.play('helm uninstall');
  expect(page.leftOver()).toEqual([]);
});

test('the list of releases that run, from the page on what to watch', async () => {
  const page = await playedPage('docs/operator/observability.md', { env: reader.env });
  await page.play('temporal workflow list');
  expect(page.leftOver()).toEqual([]);
});
