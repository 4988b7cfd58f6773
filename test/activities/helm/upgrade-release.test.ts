import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHelmActivities, createHelmReader } from '../../../src/activities/helm/index.ts';
import type { HelmActivities, HelmReader } from '../../../src/activities/helm/types.ts';
import { useCluster } from '../../support/cluster.ts';
import { createHelmSandbox, helmBinary, inActivity, type HelmSandbox } from './helm-sandbox.ts';

const cluster = useCluster();
let sandbox: HelmSandbox;
let activities: HelmActivities;
let reader: HelmReader;

beforeEach(async () => {
  sandbox = await createHelmSandbox(cluster());
  const deps = { binary: helmBinary(), kubeconfig: sandbox.kubeconfig };
  activities = createHelmActivities(deps);
  reader = createHelmReader(deps);
});

afterEach(() => sandbox.remove());

const planted = 'postgres://tensafe:hunter2-planted@db/tensafe';

function upgrade(tag: string, key: string, target = sandbox.target()) {
  return inActivity(() => activities.upgradeHelmRelease({ target, tag, key }));
}

async function install(...args: readonly string[]): Promise<void> {
  await sandbox.helm('install', 'tensafe', sandbox.chart, '--set-string', 'image.tag=4.0.0', ...args);
}

test('an upgrade changes the tag and keeps every value that was given before', async () => {
  await install('--set', 'replicaCount=5', '--set', 'config.LOG_LEVEL=debug');

  const result = await upgrade('4.1.0', 'release-1/upgrade');

  expect(result).toEqual({ revision: 2, chart: 'tensafe-1.0.0' });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.1.0');
  expect(JSON.parse(await sandbox.helm('get', 'values', 'tensafe', '--output', 'json'))).toEqual({
    replicaCount: 5,
    config: { LOG_LEVEL: 'debug' },
    image: { tag: '4.1.0' },
  });
});

test('a tag that looks like a number stays a text', async () => {
  await install();
  await upgrade('4.10', 'release-1/upgrade');
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.10');
});

test('a repeated call with the same key runs nothing, and one with another key does', async () => {
  await install();
  const first = await upgrade('4.1.0', 'release-1/upgrade');
  const before = await sandbox.history();

  expect(await upgrade('4.1.0', 'release-1/upgrade')).toEqual(first);
  expect(await sandbox.history()).toEqual(before);

  expect(await upgrade('4.2.0', 'release-2/upgrade')).toEqual({ revision: 3, chart: 'tensafe-1.0.0' });
});

test('a release that is repeated under its key after a rollback is done again', async () => {
  await install();
  await upgrade('4.1.0', 'release-1/upgrade');
  await sandbox.helm('rollback', 'tensafe', '1');

  expect(await upgrade('4.1.0', 'release-1/upgrade')).toEqual({ revision: 4, chart: 'tensafe-1.0.0' });
  expect(await upgrade('4.2.0', 'release-1/upgrade')).toEqual({ revision: 5, chart: 'tensafe-1.0.0' });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.2.0');
});

test('a new chart brings its own defaults next to the values that were given before', async () => {
  await install('--set', 'replicaCount=4');
  await writeFile(
    join(sandbox.chart, 'templates', 'feature.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: feature\ndata:\n  mode: {{ .Values.feature.mode }}\n',
  );
  await writeFile(join(sandbox.chart, 'values.yaml'), await withFeature());
  await rm(join(sandbox.chart, 'values.schema.json'));

  await upgrade('4.1.0', 'release-1/upgrade');

  const feature = await sandbox.core.readNamespacedConfigMap({
    name: 'feature',
    namespace: sandbox.namespace,
  });
  expect(feature.data).toEqual({ mode: 'gentle' });
  const deployment = await sandbox.apps.readNamespacedDeployment({
    name: 'tensafe-server',
    namespace: sandbox.namespace,
  });
  expect(deployment.spec?.replicas).toBe(4);
});

async function withFeature(): Promise<string> {
  return `${await sandbox.helm('show', 'values', sandbox.chart)}\nfeature:\n  mode: gentle\n`;
}

test('an image that was set past Helm is seen as drift, and the next upgrade replaces it', async () => {
  await install();
  await setImagePastHelm('tensafe/server:4.0.5');

  const observed = await reader.observeRelease(sandbox.target());
  expect(observed).toMatchObject({
    revision: 1,
    deployedRevision: 1,
    status: 'deployed',
    imageTag: '4.0.0',
    manifestImage: 'tensafe/server:4.0.0',
    manifestReplicas: expect.any(Number),
  });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.0.5');

  await upgrade('4.1.0', 'release-1/upgrade');
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.1.0');
});

/** Server-side apply by the field manager that releases by image use; it takes the field from Helm. */
async function setImagePastHelm(image: string): Promise<void> {
  const name = 'tensafe-server';
  const { namespace } = sandbox;
  await sandbox.apps.patchNamespacedDeployment(
    {
      name,
      namespace,
      fieldManager: 'fairway',
      force: true,
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, namespace },
        spec: { template: { spec: { containers: [{ name: 'tensafe', image }] } } },
      },
    },
    setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
  );
}

test('a chart that does not render is told before and refused during the upgrade, without its values', async () => {
  await install('--set', `config.DATABASE_PASSWORD=${planted}`);
  await writeFile(
    join(sandbox.chart, 'templates', 'broken.yaml'),
    '{{ fail (printf "no database at %s" .Values.config.DATABASE_PASSWORD) }}\n',
  );

  const rendering = await reader.renderUpgrade(sandbox.target(), '4.1.0');
  expect(rendering).toEqual({ ok: false, error: expect.stringContaining('no database at [withheld]') });

  const failure = await upgrade('4.1.0', 'release-1/upgrade').catch((error: unknown) => error);
  expect(failure).toMatchObject({
    type: 'HelmFailed',
    nonRetryable: true,
    message: expect.stringMatching(/^helm upgrade of release tensafe in helm-.*no database at \[withheld\]/s),
  });
  expect(JSON.stringify([rendering, failure, String(failure)])).not.toContain('hunter2');
  expect(await sandbox.history()).toHaveLength(1);
});

test('values that break the schema of the chart are told with their path and without the value', async () => {
  await install('--set', `config.DATABASE_URL=${planted}`);
  const schema = JSON.parse(await readFile(join(sandbox.chart, 'values.schema.json'), 'utf8')) as {
    properties: { config: unknown };
  };
  schema.properties.config = { type: 'object', additionalProperties: { type: 'string', pattern: '^short$' } };
  await writeFile(join(sandbox.chart, 'values.schema.json'), JSON.stringify(schema));

  const rendering = await reader.renderUpgrade(sandbox.target(), '4.1.0');
  expect(rendering).toEqual({ ok: false, error: expect.stringContaining("'/config/DATABASE_URL'") });
  expect(JSON.stringify(rendering)).not.toContain('hunter2');

  await expect(upgrade('4.1.0', 'release-1/upgrade')).rejects.toMatchObject({
    type: 'HelmFailed',
    nonRetryable: true,
    message: expect.not.stringContaining('hunter2'),
  });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.0.0');
});

test('an upgrade that would render says so and changes nothing', async () => {
  await install();
  expect(await reader.renderUpgrade(sandbox.target(), '4.1.0')).toMatchObject({ ok: true });
  expect(await sandbox.history()).toHaveLength(1);
});

test('a release that is not there is no observation, and no upgrade', async () => {
  expect(await reader.observeRelease(sandbox.target())).toBeUndefined();
  await expect(upgrade('4.1.0', 'release-1/upgrade')).rejects.toMatchObject({
    type: 'NotFound',
    nonRetryable: true,
    message: expect.stringContaining('Install it first'),
  });
});
