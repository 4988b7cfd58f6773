/** The Helm chart of the workers: what it renders, what it refuses, and that a real API server takes all of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { CoreV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { execa } from 'execa';
import { format, resolveConfig } from 'prettier';
import { chartRights } from '../../local/chart-rights.ts';
import { help, parseWorkerArguments, shutdownGraceSeconds } from '../../src/worker/arguments.ts';
import { chart, helmWith, render, valuesFor } from '../support/chart.ts';
import { untilRefused } from '../support/cluster-pods.ts';
import { aNamespace, toolsFolder, useLocalCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';

// Pods of six workers start on a machine that may be busy.
jest.setTimeout(900_000);

const cluster = useLocalCluster();

const shop = { image: 'shop/server', verification: { port: 8000 } };
const twoEnvironments = {
  environments: {
    staging: { cluster: 'here', namespace: 'shop-staging' },
    production: { cluster: 'here', namespace: 'shop-production' },
  },
  services: { shop },
};
const twoWorkers = {
  workers: [
    { name: 'staging', environments: ['staging'] },
    { name: 'production', environments: ['production'], strategies: ['standard'] },
  ],
};

/** Everything that the chart can be told, at once. */
const everything = {
  image: { repository: 'registry.example.com/fairway', digest: `sha256:${'a'.repeat(64)}` },
  imagePullSecrets: [{ name: 'registry' }],
  temporal: {
    address: 'temporal.example.com:7233',
    namespace: 'releases',
    tls: { enabled: true, caSecret: 'temporal-ca', clientSecret: 'temporal-tls', serverName: 'temporal' },
    apiKeySecret: 'temporal-api-key',
  },
  existingSecret: 'fairway',
  tracing: { endpoint: 'http://collector.monitoring:4318' },
  control: {
    replicas: 1,
    resources: { limits: { memory: '2Gi' } },
    env: [{ name: 'SLACK_API_URL', value: 'https://slack.example.com/api/' }],
    volumes: [{ name: 'authorities', configMap: { name: 'authorities' } }],
    volumeMounts: [{ name: 'authorities', mountPath: '/etc/ssl/private-ca', readOnly: true }],
  },
  workers: [
    {
      name: 'all',
      environments: ['staging', 'production'],
      referencedSecrets: ['shop-database'],
      chartObjects: [{ group: '', resources: ['configmaps'] }],
      clusterRead: true,
      env: [{ name: 'NO_PROXY', value: 'example.com' }],
      volumes: [{ name: 'charts', persistentVolumeClaim: { claimName: 'charts' } }],
      volumeMounts: [{ name: 'charts', mountPath: '/charts', readOnly: true }],
    },
  ],
  networkPolicy: {
    metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    temporalTo: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
    apiServer: { to: [{ ipBlock: { cidr: '198.51.100.1/32' } }], ports: [6443] },
    extraEgress: [{ ports: [{ port: 3128, protocol: 'TCP' }] }],
  },
  serviceAccount: { annotations: { 'example.com/role': 'fairway' } },
  podAnnotations: { 'example.com/a': 'b' },
  podLabels: { team: 'platform' },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  affinity: { podAntiAffinity: {} },
};

test('the committed rights are those that src/activities states (else: npm run schema)', async () => {
  const file = join(chart, 'files/rights.yaml');
  const options = { ...(await resolveConfig(file)), filepath: file };
  expect(await readFile(file, 'utf8')).toBe(await format(chartRights(), options));
});

test.each([
  ['two workers', twoWorkers],
  ['control alone', { workers: [] }],
  ['a worker alone', { control: { enabled: false }, ...twoWorkers }],
  ['everything', everything],
  ['no policies', { networkPolicy: { enabled: false }, podDisruptionBudget: { enabled: false } }],
])('helm lint and the API server, which knows every field, find nothing wrong: %s', async (_name, values) => {
  const namespace = await aNamespace(cluster());
  const here = inNamespace(namespace);
  const given = valuesFor(here, values);
  const linted = await helmWith(given, ['lint', '--strict', chart]);
  expect(linted).toEqual({ ok: true, said: expect.stringContaining('0 chart(s) failed') });
  const { manifest, objects } = await render(given, namespace);
  const kubectl = await execa(
    join(toolsFolder(), 'kubectl'),
    [
      ...['--kubeconfig', cluster().kubeconfig, '--namespace', namespace],
      ...['create', '--dry-run=server', '--validate=strict', '--output', 'name', '--filename', '-'],
    ],
    { input: manifest },
  );
  expect(kubectl.stdout.split('\n')).toHaveLength(objects.length);
  expect(kubectl.stderr).toBe('');
});

function inNamespace(namespace: string): typeof twoEnvironments {
  const { staging, production } = twoEnvironments.environments;
  return {
    ...twoEnvironments,
    environments: { staging: { ...staging, namespace }, production: { ...production, namespace } },
  };
}

test('it installs under the strictest pod security, follows a changed fairway.yaml, and goes', async () => {
  const namespace = await aNamespace(cluster());
  const core = cluster().config.makeApiClient(CoreV1Api);
  await core.patchNamespace(
    {
      name: namespace,
      body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } },
    },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  const careless = { metadata: { name: 'careless' }, spec: { containers: [{ name: 'c', image: 'i:1' }] } };
  await untilRefused(core, namespace, /violates PodSecurity/);
  await expect(core.createNamespacedPod({ namespace, body: careless })).rejects.toMatchObject({ code: 403 });
  const where = ['--kubeconfig', cluster().kubeconfig, '--namespace', namespace];
  const release = ['fairway', chart, ...where, '--wait', '--timeout', '6m'];
  const given = valuesFor(inNamespace(namespace), twoWorkers);
  const installed = await helmWith(given, ['install', ...release]);
  expect(installed).toEqual({ ok: true, said: expect.stringContaining('Worker staging serves staging.') });
  const first = await podsOf(namespace);
  expect(first.names).toHaveLength(6);

  const changed = { ...inNamespace(namespace), services: { shop, till: shop } };
  expect(await helmWith(valuesFor(changed, twoWorkers), ['upgrade', ...release])).toMatchObject({ ok: true });
  // Helm waits until the new pods are ready; the last old one goes a moment later.
  const second = await eventually(
    () => podsOf(namespace),
    ({ checksums }) => checksums.length === 1,
  );
  expect(second.checksums).not.toEqual(first.checksums);

  await execa(join(toolsFolder(), 'helm'), ['uninstall', 'fairway', ...where, '--wait']);
  // It waits for the Deployments; their pods are collected after them.
  await eventually(
    () => podsOf(namespace),
    ({ names }) => names.length === 0,
  );
});

async function podsOf(namespace: string) {
  const core = cluster().config.makeApiClient(CoreV1Api);
  const items = (await core.listNamespacedPod({ namespace })).items.filter(
    ({ metadata }) => metadata?.deletionTimestamp === undefined,
  );
  const checksums = items.map(({ metadata }) => metadata?.annotations?.['checksum/config']);
  return { names: items.map(({ metadata }) => metadata?.name), checksums: [...new Set(checksums)] };
}

test('a worker understands each flag it is given, and its help names it', async () => {
  const rendered = await render(valuesFor(twoEnvironments, everything));
  const args = (part: string) =>
    rendered.deployment(`fairway-${part}`).spec?.template.spec?.containers[0]?.args ?? [];
  expect(parseWorkerArguments(args('control'))).toMatchObject({ control: true, environments: [] });
  expect(parseWorkerArguments(args('all'))).toMatchObject({
    config: '/etc/fairway/fairway.yaml',
    control: false,
    inCluster: 'here',
    environments: ['staging', 'production'],
    health: { port: 8080 },
    metrics: { port: 9464 },
  });
  const flags = [...args('control'), ...args('all')].filter((each) => each.startsWith('--'));
  for (const flag of flags) expect(help).toContain(`  ${flag} `.trimEnd());
});

test('a pod outlives the time that running work gets, and is ready only when it polls', async () => {
  const { deployment } = await render(valuesFor(twoEnvironments));
  const spec = deployment('fairway-control').spec?.template.spec;
  expect(spec?.terminationGracePeriodSeconds).toBeGreaterThan(shutdownGraceSeconds);
  expect(spec?.containers[0]?.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'health' });
  expect(spec?.containers[0]?.livenessProbe?.httpGet).toEqual({ path: '/healthz', port: 'health' });
});

const oneWorker = (change: object) => ({ workers: [{ name: 'w', environments: ['staging'], ...change }] });

test.each([
  ['a key that there is not', { controll: {} }, /additional propert.*controll/i],
  ['a worker without environments', { workers: [{ name: 'w' }] }, /environments/],
  ['a strategy that there is not', oneWorker({ strategies: ['rolling'] }), /strategies/],
  ['a grace that is too short', { terminationGracePeriodSeconds: 20 }, /terminationGracePeriodSeconds/],
  ['an address with a scheme', { temporal: { address: 'https://t:7233' } }, /temporal.*address/s],
  [
    'no image',
    { image: {} },
    /image\.repository is missing: where the worker's image was pushed, for example/,
  ],
  ['one port for two', { healthPort: 9464 }, /healthPort and metricsPort are both 9464/],
  [
    'a resource that cannot be one',
    oneWorker({ chartObjects: [{ group: '', resources: ['Pods'] }] }),
    /resources/,
  ],
  ['a collector without a scheme', { tracing: { endpoint: 'collector:4318' } }, /tracing.*endpoint/s],
  ...['caSecret', 'clientSecret', 'serverName'].map(
    (key) =>
      [
        `${key} of a TLS that is not enabled`,
        { temporal: { address: 'temporal.example.com:7233', tls: { [key]: 'temporal' } } },
        /temporal.*tls.*enabled.*must be true/s,
      ] as const,
  ),
  ['no address', { temporal: {} }, /temporal\.address: HOST:PORT of Temporal's frontend is missing/],
  ['no fairway.yaml', { config: null }, /fairway\.yaml is missing.*--set-file config=fairway\.yaml/],
  ['a file that is not YAML', { config: 'a: [' }, /config: not YAML/],
  [
    'an environment that there is not',
    oneWorker({ environments: ['stage'] }),
    /w serves environment "stage", and fairway\.yaml has only: production, staging/,
  ],
  ['one name twice', { workers: [1, 2].map(() => oneWorker({}).workers[0]) }, /the name "w" is taken/],
  ['the name of control', oneWorker({ name: 'control' }), /the name "control" is taken/],
  ['nothing at all', { control: { enabled: false } }, /nothing to install/],
  [
    'two clusters',
    {
      config: {
        ...twoEnvironments,
        environments: {
          staging: { cluster: 'a', namespace: 's' },
          production: { cluster: 'b', namespace: 'p' },
        },
      },
      ...oneWorker({ environments: ['staging', 'production'] }),
    },
    /w serves environments on several clusters \(a, b\)/,
  ],
  [
    "control's queue",
    {
      config: {
        ...twoEnvironments,
        environments: { staging: { cluster: 'a', namespace: 's', taskQueue: 'fairway' } },
      },
      ...oneWorker({}),
    },
    /environment staging has the control worker's task queue "fairway"/,
  ],
  [
    'one queue of two workers',
    {
      config: {
        ...twoEnvironments,
        environments: {
          staging: { cluster: 'a', namespace: 's', taskQueue: 'q' },
          production: { cluster: 'a', namespace: 'p', taskQueue: 'q' },
        },
      },
      ...twoWorkers,
    },
    /workers staging and production both serve task queue "q"/,
  ],
])('%s is refused, and the words say what is wrong', async (_name, values, words) => {
  const refused = await helmWith(valuesFor(twoEnvironments, values), ['template', 'fairway', chart]);
  expect(refused).toEqual({ ok: false, said: expect.stringMatching(words) });
});
