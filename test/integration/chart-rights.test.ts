/**
 * The rights that the chart grants, proven both ways: every flow works with them alone, none is granted that no flow
 * uses, and without any of them pre-flight refuses with its name. Those of the whole cluster are optional.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { AppsV1Api, CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { execa } from 'execa';
import { startPlatform, type Platform } from '../../local/platform.ts';
import type { WorkerProcess } from '../../local/worker-process.ts';
import { recordedRequests, rightName } from '../support/audit-log.ts';
import { chart, helmWith, render, valuesFor, type Rendered } from '../support/chart.ts';
import { installWorkload } from '../support/cluster-workload.ts';
import { toolsFolder } from '../support/cluster.ts';
import { eventualStatus } from '../support/eventually.ts';
import { installKeda, scaledObjects } from '../support/keda.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { untilDiagnosed } from '../support/until-diagnosed.ts';
import { withoutStatus, type Stored } from '../support/without-status.ts';
import { startWorkerPod } from '../support/worker-pod.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(900_000);

const system = 'fairway-system';
/** Each service has a namespace of its name. */
const names = ['image', 'helm', 'keda'] as const;
const tensafeChart = new URL('../../profiles/tensafe/chart', import.meta.url).pathname;

const canary = (bake: string) => ({ steps: [50, 100].map((weight) => ({ weight, bake })) });
const service = {
  deployment: 'tensafe-server',
  container: 'tensafe',
  image: 'tensafe/server',
  kubernetesService: 'tensafe-server',
  canary: canary('1s'),
};
const smokeTest = { port: 8000, timeout: '60s', command: ['true'] };
const configuration = {
  environments: { test: { cluster: 'this-cluster', namespace: 'image' } },
  services: {
    image: {
      ...service,
      verification: { port: 8000 },
      blueGreen: {
        monitor: '1s',
        smokeTests: [
          { ...smokeTest, kind: 'command', name: 'from here' },
          { ...smokeTest, kind: 'job', name: 'from within', image: 'example/smoke:1' },
        ],
      },
    },
    helm: {
      ...service,
      helm: { release: 'tensafe', chart: tensafeChart },
      verification: { port: 8000, reach: 'exec' },
      environments: { test: { namespace: 'helm' } },
    },
    keda: {
      ...service,
      // Its operator acts meanwhile.
      canary: canary('20s'),
      verification: { port: 8000 },
      environments: { test: { namespace: 'keda' } },
    },
  },
};
const values = {
  control: { replicas: 0 },
  workers: [
    {
      name: 'test',
      replicas: 0,
      environments: ['test'],
      referencedSecrets: ['shop-database'],
      chartObjects: [
        { group: '', resources: ['configmaps', 'services'] },
        { group: 'policy', resources: ['poddisruptionbudgets'] },
      ],
      clusterRead: true,
    },
  ],
};

let platform: Platform;
const config = new KubeConfig();
let folder: string;
let kubeconfig: string;
let auditLog: string;
let rendered: Rendered;
let address = '';
let workers: WorkerProcess[] = [];
const { cli, status } = temporalCli(() => address);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-rights-'));
  const bin = toolsFolder();
  platform = startPlatform({ bin, contexts: ['test-cluster'], unattended: true, auditAccountsOf: system });
  const [temporal, cluster] = await Promise.all([platform.temporal, platform.cluster]);
  ({ kubeconfig, auditLog } = cluster);
  ({ address } = temporal);
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  for (const name of [...names, system]) await core.createNamespace({ body: { metadata: { name } } });
  await Promise.all([installImage(), installByHelm(), installWithKeda(), installFairway()]);
  await startWorkers();
});

afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await platform.stop();
  await rm(folder, { recursive: true });
});

const kubectl = async (...args: string[]) =>
  (await execa(join(toolsFolder(), 'kubectl'), ['--kubeconfig', kubeconfig, ...args])).stdout;

/** With an autoscaler, a Secret that its pods use, and more backups than are kept. */
async function installImage(): Promise<void> {
  const namespace = 'image';
  const core = config.makeApiClient(CoreV1Api);
  await core.createNamespacedSecret({
    namespace,
    body: { metadata: { name: 'shop-database' }, stringData: { url: 'postgres://shop' } },
  });
  const labels = { 'app.kubernetes.io/managed-by': 'fairway', 'fairway.dev/service': 'image' };
  for (let index = 0; index < 10; index += 1)
    await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: `old-backup-${String(index)}`, labels } },
    });
  await installWorkload({ kubeconfig, config }, { namespace, tag: '4.0.0', autoscaler: true });
  await kubectl('-n', namespace, 'set', 'env', 'deployment/tensafe-server', '--from=secret/shop-database');
  await settled(namespace);
}

async function installByHelm(): Promise<void> {
  await execa(platform.helm, [
    ...['install', 'tensafe', tensafeChart, '--namespace', 'helm', '--kubeconfig', kubeconfig],
    ...['--set-string', 'image.tag=4.0.0', '--set', 'minReadySeconds=1,database.optional=true'],
    ...['--set', 'replicaCount=2', '--wait', '--timeout', '6m'],
  ]);
}

/** Whose autoscaler is KEDA's own, and goes when KEDA is told to pause. */
async function installWithKeda(): Promise<void> {
  const namespace = 'keda';
  await installKeda({ kubeconfig, config });
  await installWorkload({ kubeconfig, config }, { namespace, tag: '4.0.0', autoscaler: true });
  const objects = config.makeApiClient(CustomObjectsApi);
  const made = (await objects.createNamespacedCustomObject({
    ...scaledObjects,
    namespace,
    body: {
      apiVersion: `${scaledObjects.group}/${scaledObjects.version}`,
      kind: 'ScaledObject',
      metadata: { name: 'shop' },
      spec: { scaleTargetRef: { name: 'tensafe-server' } },
    },
  })) as { metadata: { uid: string } };
  const { uid } = made.metadata;
  const owner = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'shop', uid };
  const patch = JSON.stringify({ metadata: { ownerReferences: [owner] } });
  await kubectl('-n', namespace, 'patch', 'hpa', 'tensafe-server', '-p', patch);
  await settled(namespace);
}

async function settled(namespace: string): Promise<void> {
  await kubectl('-n', namespace, 'rollout', 'status', 'deployment/tensafe-server', '--timeout=300s');
}

async function installFairway(): Promise<void> {
  const given = valuesFor(configuration, values);
  const installed = await helmWith(given, [
    ...['install', 'fairway', chart, '--namespace', system, '--kubeconfig', kubeconfig],
  ]);
  expect(installed).toMatchObject({ ok: true });
  rendered = await render(given, system);
}

/** The control worker and the cluster's, each as its Deployment in the cluster says. */
async function startWorkers(): Promise<void> {
  const configFile = join(folder, 'fairway.yaml');
  await writeFile(configFile, JSON.stringify(configuration));
  const apps = config.makeApiClient(AppsV1Api);
  for (const name of ['fairway-control', 'fairway-test']) {
    const deployment = await apps.readNamespacedDeployment({ name, namespace: system });
    const shared = { config, deployment, configFile, folder, helm: platform.helm };
    // So few revisions that helm deletes some.
    const env = { HELM_MAX_HISTORY: '2' };
    const worker = await startWorkerPod({ ...shared, temporalAddress: address, env });
    workers.push(worker);
    await worker.ready;
  }
}

/** Runs a workflow to its end; answers its status. */
async function run(type: string, name: (typeof names)[number], input: object) {
  const workflowId = `${type}-${name}-${Object.values(input).map(String).join('-')}`;
  await cli(
    ...['workflow', 'execute', '--type', type, '--task-queue', 'fairway', '--workflow-id', workflowId],
    ...['--input', JSON.stringify({ service: name, environment: 'test', ...input })],
  );
  return status(workflowId);
}

describe('with these rights alone', () => {
  test.concurrent('releases by image, each strategy, with an autoscaler; back from the backup', async () => {
    const release = async (type: string, version: string) => run(type, 'image', { version });
    expect(await release('standardDeployment', '4.1.0')).toMatchObject({ outcome: 'released' });
    expect(await release('canaryDeployment', '4.2.0')).toMatchObject({ outcome: 'released' });
    expect(await release('blueGreenDeployment', '4.3.0')).toMatchObject({ outcome: 'released' });
    const crashed = await release('standardDeployment', '4.4.0-crash');
    expect(crashed).toMatchObject({ outcome: 'rolledBack' });

    const affinity = '{"spec":{"sessionAffinity":"ClientIP"}}';
    await kubectl('-n', 'image', 'patch', 'service', 'tensafe-server', '-p', affinity);
    await kubectl('-n', 'image', 'patch', 'hpa', 'tensafe-server', '-p', '{"spec":{"maxReplicas":9}}');
    const back = await run('rollback', 'image', { to: { backup: 'latest' }, reason: 'as before' });
    expect(back).toMatchObject({ outcome: 'rolledBack' });
    const path = 'jsonpath={.items[*].spec.maxReplicas}{.items[*].spec.sessionAffinity}';
    expect(await kubectl('-n', 'image', 'get', 'hpa,service', '-o', path)).toBe('10None');
  });

  test.concurrent('releases and rollbacks by helm', async () => {
    const { outcome } = await run('standardDeployment', 'helm', { version: '4.1.0' });
    expect(outcome).toBe('released');
    expect(await run('canaryDeployment', 'helm', { version: '4.2.0' })).toMatchObject({
      outcome: 'released',
    });
    const back = await run('rollback', 'helm', { to: { helm: 'previous' }, reason: 'as before' });
    expect(back).toMatchObject({ outcome: 'rolledBack' });
  });

  test.concurrent('a canary beside KEDA, which takes its own autoscaler away when it is paused', async () => {
    const paused = 'jsonpath={.metadata.annotations.autoscaling\\.keda\\.sh/paused}=true';
    const operator = kubectl(
      '-n',
      'keda',
      'wait',
      'scaledobject/shop',
      `--for=${paused}`,
      '--timeout=300s',
    ).then(() => kubectl('-n', 'keda', 'delete', 'hpa', 'tensafe-server'));
    expect(await run('canaryDeployment', 'keda', { version: '4.1.0' })).toMatchObject({
      outcome: 'released',
    });
    await operator;
  });

  test('workers are upgraded while a canary waits for a person, and it goes on', async () => {
    const workflowId = 'shop-4.2.0';
    const steps = [
      { weight: 50, bake: '1s', gate: true },
      { weight: 100, bake: '1s' },
    ];
    const input = { service: 'keda', environment: 'test', version: '4.2.0', strategy: 'canary', steps };
    await cli(
      ...['workflow', 'start', '--type', 'release', '--task-queue', 'fairway', '--workflow-id', workflowId],
      ...['--input', JSON.stringify(input)],
    );
    await eventualStatus(
      () => status(workflowId),
      ({ runsIn }) => runsIn !== undefined,
    );
    const target = 'target:keda:test';
    await eventualStatus(
      () => status(target),
      ({ next }) => next?.includes('a person must "promote"') === true,
    );

    const upgraded = valuesFor(configuration, {
      ...values,
      image: { repository: 'registry.example.com/fairway', tag: '0.2.0' },
    });
    const helm = ['upgrade', 'fairway', chart, '--namespace', system, '--kubeconfig', kubeconfig];
    expect(await helmWith(upgraded, helm)).toMatchObject({ ok: true });
    const old = workers;
    workers = [];
    await startWorkers();
    await Promise.all(old.map((worker) => worker.stop()));

    const promotion = JSON.stringify({ by: 'ada@example.com' });
    const promoted = await cli(
      ...['workflow', 'update', 'execute', '-w', target, '--name', 'promote', '--input', promotion],
    );
    expect(promoted.exitCode).toBe(0);
    await cli('workflow', 'result', '-w', workflowId);
    expect(await status(workflowId)).toMatchObject({ outcome: 'released' });
    expect(await kubectl('-n', 'keda', 'get', 'deployments', '-o', imagePath)).toBe('tensafe/server:4.2.0');
  });

  test('nothing was asked for that is not granted, and all that is granted was used', async () => {
    const requests = await recordedRequests(auditLog);
    expect(requests.filter(({ forbidden }) => forbidden)).toEqual([]);
    const used = new Set(requests.map(({ right }) => right));
    const unused = [...granted(rendered)].filter((right) => !used.has(right) && !(right in usedInARace));
    expect(unused.sort()).toEqual(Object.keys(unusedHere).sort());
  });
});

test('without its rights of the cluster releases go as they did, and a diagnosis says what it could not see', async () => {
  await kubectl('delete', 'clusterrolebinding', `${system}-fairway-test`);
  const unseen: unknown = expect.arrayContaining([
    expect.stringMatching(/^the nodes: this worker may not look \(nodes is forbidden.*at the cluster scope/),
  ]);
  const { status: crashed } = await untilDiagnosed(async (attempt) => ({
    status: await run('standardDeployment', 'image', { version: `4.5.${attempt}-crash` }),
  }));
  expect(crashed).toMatchObject({ outcome: 'rolledBack', diagnosis: { unseen } });
  expect(crashed.diagnosis?.findings[0]?.situation).toBe('crashing');
  expect(await run('diagnosis', 'image', {})).toMatchObject({ diagnosis: { unseen } });
  const requests = await recordedRequests(auditLog);
  const refused = requests.filter(({ forbidden }) => forbidden);
  expect(refused).toEqual([{ right: 'list nodes', namespace: '', forbidden: true }]);
});

test.each([
  {
    name: 'keda',
    type: 'canaryDeployment',
    resource: 'endpointslices',
    says: 'may not list endpointslices.discovery.k8s.io in namespace keda',
    remedy: 'resources ["endpointslices"], verbs ["list"]; the worker needs it to ',
  },
  {
    name: 'helm',
    type: 'standardDeployment',
    resource: 'pods/exec',
    says: 'may not get pods/exec in namespace helm',
    remedy:
      'resources ["pods/exec"], verbs ["get"]; the worker needs it to ask the pods over HTTP (reach: exec)',
  },
] as const)(
  'a release that lacks $resource is refused with its name, and changes nothing',
  async (lacking) => {
    const { name, type, resource, says, remedy } = lacking;
    const before = await everythingIn(name);
    const role = 'fairway-test';
    const rules = (rendered.role(role, name).rules ?? []).filter(
      ({ resources }) => resources?.[0] !== resource,
    );
    await kubectl('-n', name, 'patch', 'role', role, '--type=merge', '-p', JSON.stringify({ rules }));
    const refused = await run(type, name, { version: '4.3.0' });
    expect(refused.outcome).toBe('refused');
    expect(refused.reason).toContain(says);
    expect(refused.reason).toContain(remedy);
    expect(await everythingIn(name)).toEqual(before);
  },
);

async function everythingIn(namespace: string): Promise<readonly object[]> {
  const kinds = 'deployments,replicasets,services,configmaps,secrets,scaledobjects,pods';
  const listed = await kubectl('-n', namespace, 'get', kinds, '-o', 'json', '--show-managed-fields');
  const { items } = JSON.parse(listed) as {
    readonly items: readonly (Stored & { readonly data?: unknown })[];
  };
  return items.map((item) => ({ ...withoutStatus(item), data: item.data }));
}

const imagePath = 'jsonpath={.items[*].spec.template.spec.containers[0].image}';

/** Granted all the same, and why no flow of this file shows it. */
const unusedHere: Readonly<Record<string, string>> = {
  'create pods/exec': 'newer API servers ask for it when a web socket is opened, and record the GET',
  'create pods/portforward': 'as for exec',
  'create services': 'a chart that gains a Service',
  'delete services': 'a chart that loses one',
  'create policy poddisruptionbudgets': 'a chart that gains a budget',
  'delete policy poddisruptionbudgets': 'a chart that loses one',
  'patch configmaps': 'a chart whose ConfigMap changes with the version',
  'list metrics.k8s.io nodes': 'a diagnosis in a cluster that has a metrics API',
  'get persistentvolumeclaims': 'a diagnosis of pods that have volumes',
};

/** Needed only when something else has not happened yet. */
const usedInARace: Readonly<Record<string, string>> = {
  'watch autoscaling horizontalpodautoscalers': 'the controller has not acted on the pause yet',
};

function granted({ objects }: Rendered): ReadonlySet<string> {
  const roles = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
  return new Set(
    roles.flatMap((role) =>
      ((role as ReturnType<Rendered['role']>).rules ?? []).flatMap(
        ({ apiGroups = [''], resources = [], verbs }) =>
          verbs.map((verb) => rightName(verb, apiGroups[0] ?? '', resources[0] ?? '')),
      ),
    ),
  );
}
