/** What a release's mutations would come to, as the API server and helm say it, and that asking changes nothing. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AdmissionregistrationV1Api, type KubeConfig, type V1Deployment } from '@kubernetes/client-node';
import { createHelmReader } from '../../../src/activities/helm/index.ts';
import type { HelmPreviewer } from '../../../src/activities/helm/types.ts';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { createDryRunActivities } from '../../../src/activities/kubernetes/dry-run-activities.ts';
import { releasePermissions } from '../../../src/activities/kubernetes/permissions.ts';
import { trackPermissions } from '../../../src/activities/kubernetes/track-permissions.ts';
import type { DryRunActivities, DryRunInput } from '../../../src/activities/kubernetes/types.ts';
import { dryRunText, type DryRunResult } from '../../../src/domain/plan-diff-text.ts';
import type { Target } from '../../../src/domain/target.ts';
import { useCluster } from '../../support/cluster.ts';
import { eventually } from '../../support/eventually.ts';
import { createHelmSandbox, helmBinary, type HelmSandbox } from '../helm/helm-sandbox.ts';
import { accountWith } from './account.ts';
import { appsOf, coreOf, image, readDeployment, run, workload } from './bench.ts';
import { limit } from './shift-bench.ts';
import { installed } from './tracks-bench.ts';

const cluster = useCluster();
const noPreview: HelmPreviewer = { previewUpgrade: () => Promise.reject(new Error('not by helm')) };
const canary = { track: 'canary', replicas: 0 } as const;

function dryRunsOf(config: KubeConfig, helm = noPreview): DryRunActivities {
  return createDryRunActivities({ clusters: (context) => createClusterClients(config, context), helm });
}

function inputOf(target: Target, change: Partial<DryRunInput> = {}): DryRunInput {
  return { target, image: image('4.1.0'), method: 'image', ...change };
}

function dryRun(target: Target, change: Partial<DryRunInput> = {}): Promise<DryRunResult> {
  return run(dryRunsOf(cluster().config).dryRun, inputOf(target, change));
}

/** Everything of the namespace that a release writes, with its versions; a Deployment's counts its spec alone. */
async function versionsIn({ environment: { namespace } }: Target): Promise<readonly string[]> {
  const lists = await Promise.all([
    appsOf(cluster()).listNamespacedDeployment({ namespace }),
    coreOf(cluster()).listNamespacedService({ namespace }),
    coreOf(cluster()).listNamespacedSecret({ namespace }),
  ]);
  return lists
    .flatMap(({ items }) => items as readonly V1Deployment[])
    .map(
      ({ metadata }) => `${metadata?.name ?? ''} ${metadata?.generation ?? metadata?.resourceVersion ?? ''}`,
    );
}

test.concurrent('an image update changes that one field, and is only asked for', async () => {
  const target = await installed(cluster());
  const before = await versionsIn(target);
  expect(await dryRun(target)).toEqual({
    outcome: 'accepted',
    changes: [
      {
        object: 'Deployment tensafe-server',
        diff: ['~ spec.template.spec.containers[tensafe].image: tensafe/server:4.0.0 → tensafe/server:4.1.0'],
        leftOut: 0,
      },
    ],
    warnings: [],
  });
  expect(await versionsIn(target)).toEqual(before);
});

test.concurrent(
  'a canary is shown beside the Deployment that it is made from: name, marks, selector, image',
  async () => {
    const target = await installed(cluster());
    const before = await versionsIn(target);
    const result = await dryRun(target, { track: canary });
    if (result.outcome !== 'accepted') throw new Error(JSON.stringify(result));
    expect(dryRunText(result).split('\n')).toEqual(
      expect.arrayContaining([
        'Deployment tensafe-server-canary (new; compared with tensafe-server):',
        '  ~ metadata.name: tensafe-server → tensafe-server-canary',
        '  ~ spec.replicas: 2 → 0',
        '  + spec.selector.matchLabels.fairway.dev/track: canary',
        '  + spec.template.metadata.labels.fairway.dev/track: canary',
        '  ~ spec.template.spec.containers[tensafe].image: tensafe/server:4.0.0 → tensafe/server:4.1.0',
        'Deployment tensafe-server:',
      ]),
    );
    expect(await versionsIn(target)).toEqual(before);
  },
);

test.concurrent('blue/green pins the Service before green is there', async () => {
  const target = await installed(cluster());
  const { namespace } = target.environment;
  const service = await coreOf(cluster()).readNamespacedService({ name: workload, namespace });
  const selector = { ...service.spec?.selector, 'pod-template-hash': 'abc' };
  const result = await dryRun(target, { track: { track: 'green', replicas: 2 }, selector });
  expect(result).toMatchObject({
    outcome: 'accepted',
    changes: [
      { object: 'Service tensafe-server', diff: ['+ spec.selector.pod-template-hash: abc'] },
      { object: 'Deployment tensafe-server-green (new; compared with tensafe-server)' },
      { object: 'Deployment tensafe-server' },
    ],
  });
});

test.concurrent(
  'a quota and a policy refuse in their own words, all at once, and nothing is changed',
  async () => {
    const target = await installed(cluster());
    const { namespace } = target.environment;
    await limit(cluster(), target, 'one-each', { 'count/deployments.apps': '1' });
    const policies = await forbidTag(namespace, '6.6.6');
    try {
      const before = await versionsIn(target);
      const result = await untilRefused(() => dryRun(target, { image: image('6.6.6'), track: canary }), 2);
      expect(result.problems.map(({ rule }) => rule)).toEqual([
        'refused-by-api-server',
        'refused-by-api-server',
      ]);
      const said = result.problems.map(({ message }) => message);
      expect(said).toEqual([
        expect.stringMatching(/would not take Deployment tensafe-server-canary: .*(one-each|never this tag)/),
        expect.stringMatching(/would not take Deployment tensafe-server: .*never this tag/),
      ]);
      const quota = await dryRun(target, { track: canary });
      expect(quota).toMatchObject({
        outcome: 'refused',
        problems: [{ message: expect.stringContaining('exceeded quota: one-each') }],
      });
      expect(await versionsIn(target)).toEqual(before);
    } finally {
      await policies.remove();
    }
  },
);

/** In this namespace only. */
async function forbidTag(namespace: string, tag: string): Promise<{ remove: () => Promise<void> }> {
  const admission = cluster().config.makeApiClient(AdmissionregistrationV1Api);
  const name = `no-${tag}.${namespace}`;
  const resourceRules = [
    {
      apiGroups: ['apps'],
      apiVersions: ['v1'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['deployments'],
    },
  ];
  const expression = `object.spec.template.spec.containers.all(c, !c.image.endsWith(':${tag}'))`;
  const validations = [{ expression, message: 'never this tag' }];
  await admission.createValidatingAdmissionPolicy({
    body: { metadata: { name }, spec: { matchConstraints: { resourceRules }, validations } },
  });
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  await admission.createValidatingAdmissionPolicyBinding({
    body: {
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'], matchResources: { namespaceSelector } },
    },
  });
  return {
    remove: async () => {
      await admission.deleteValidatingAdmissionPolicyBinding({ name });
      await admission.deleteValidatingAdmissionPolicy({ name });
    },
  };
}

type Refused = Extract<DryRunResult, { outcome: 'refused' }>;

/** The API server learns of a policy a moment after it took it; there is no event for that. */
async function untilRefused(ask: () => Promise<DryRunResult>, problems: number): Promise<Refused> {
  const refused = (result: DryRunResult) =>
    result.outcome === 'refused' && result.problems.length === problems;
  return (await eventually(ask, refused, { everyMs: 200 })) as Refused;
}

test.concurrent('what the API server warns of is passed on', async () => {
  const target = await installed(cluster());
  await coreOf(cluster()).patchNamespace({
    name: target.environment.namespace,
    body: [{ op: 'add', path: '/metadata/labels/pod-security.kubernetes.io~1warn', value: 'restricted' }],
  });
  // Whoever admits learns of the label a moment after the API server took it.
  const result = await eventually(
    () => dryRun(target, { track: canary }),
    (seen) => seen.outcome !== 'accepted' || seen.warnings.length > 0,
  );
  expect(result).toMatchObject({
    outcome: 'accepted',
    warnings: [
      expect.stringContaining('would violate PodSecurity "restricted:latest": allowPrivilegeEscalation'),
    ],
  });
});

test.concurrent('a secret in the object is in no line', async () => {
  const target = await installed(cluster());
  const { namespace } = target.environment;
  const env = [{ name: 'DB_PASSWORD', value: 'hunter2-planted' }];
  await appsOf(cluster()).patchNamespacedDeployment({
    name: workload,
    namespace,
    body: [{ op: 'add', path: '/spec/template/spec/containers/0/env', value: env }],
  });
  const result = await dryRun(target, { track: canary });
  expect(result).toMatchObject({ outcome: 'accepted' });
  expect(JSON.stringify(result)).not.toContain('hunter2');
});

test.concurrent('the rights of a release are enough', async () => {
  const target = await installed(cluster());
  const rights = [...releasePermissions, ...trackPermissions];
  const config = await accountWith(cluster(), target.environment.namespace, 'rehearsal', rights);
  const { selector = {} } = (await readDeployment(cluster(), target.environment.namespace)).spec ?? {};
  const input = inputOf(target, { track: canary, selector: selector.matchLabels ?? {} });
  expect(await run(dryRunsOf(config).dryRun, input)).toMatchObject({ outcome: 'accepted' });
});

test.concurrent('a Deployment without the container is said to be one', async () => {
  const target = await installed(cluster());
  const other = { ...target, service: { ...target.service, container: 'other' } };
  await expect(dryRun(other)).rejects.toMatchObject({ type: 'NotFound' });
});

let sandbox: HelmSandbox;
beforeAll(async () => {
  sandbox = await createHelmSandbox(cluster());
});
afterAll(() => sandbox.remove());

const template = (name: string) => join(sandbox.chart, 'templates', name);
const secret = `apiVersion: v1
kind: Secret
metadata:
  name: tensafe-token
stringData:
  token: planted-{{ .Values.image.tag }}
`;
/** Of no built-in kind's shape: fields by which alone they are known as secret. */
const route = `apiVersion: v1
kind: ConfigMap
metadata:
  name: tensafe-route
  annotations: { example.com/auth: "token=planted-note-{{ .Values.image.tag }}" }
data:
  settings.yaml: |
    url: postgres://shop:planted-{{ .Values.image.tag }}@db/shop
    password: planted-{{ .Values.image.tag }}
    level: {{ .Values.image.tag }}
`;
const extra = (name: string, kind = 'ConfigMap') =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\ndata:\n  LOG_LEVEL: debug\n  API_TOKEN: planted-twice\n`;

test.concurrent(
  'an upgrade by helm is shown object by object, secrets by name only; what would not render is refused',
  async () => {
    await writeFile(template('secret.yaml'), secret);
    await writeFile(template('old.yaml'), extra('tensafe-old'));
    await writeFile(template('route.yaml'), route);
    await sandbox.helm('install', 'tensafe', sandbox.chart, '--set-string', 'image.tag=4.0.0');
    await rm(template('old.yaml'));
    await writeFile(template('new.yaml'), extra('tensafe-new'));
    const target = sandbox.target();
    const helm = createHelmReader({ binary: helmBinary(), kubeconfig: sandbox.kubeconfig });
    const before = await versionsIn(target);
    const ask = (change: Partial<DryRunInput> = {}) =>
      run(dryRunsOf(cluster().config, helm).dryRun, inputOf(target, { method: 'helm', ...change }));

    const result = await ask();
    if (result.outcome !== 'accepted') throw new Error(JSON.stringify(result));
    const lines = dryRunText(result).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'Deployment tensafe-server, by helm:',
        '  ~ spec.template.spec.containers[tensafe].image: tensafe/server:4.0.0 → tensafe/server:4.1.0',
        'Secret tensafe-token, by helm:',
        '  ~ stringData.token: (redacted by fairway) (another value)',
        'ConfigMap tensafe-new (new), by helm:',
        '  + data.LOG_LEVEL: debug',
        '  + data.API_TOKEN: (redacted by fairway)',
        'ConfigMap tensafe-old (goes), by helm:',
        'ConfigMap tensafe-route, by helm:',
        '      - level: 4.0.0',
        '      + level: 4.1.0',
      ]),
    );
    expect(lines.join('\n')).not.toContain('planted');

    const policies = await forbidTag(sandbox.namespace, '6.6.6');
    try {
      const { problems } = await untilRefused(() => ask({ image: image('6.6.6') }), 1);
      expect(problems).toMatchObject([{ message: expect.stringContaining('never this tag') }]);
    } finally {
      await policies.remove();
    }
    await writeFile(template('broken.yaml'), '{{ required "who pays?" .Values.payer }}');
    expect(await ask()).toMatchObject({
      outcome: 'refused',
      problems: [{ rule: 'chart-does-not-render', message: expect.stringContaining('who pays?') }],
    });
    expect(await versionsIn(target)).toEqual(before);
    expect(await sandbox.history()).toHaveLength(1);
  },
);

test.concurrent('of an upgrade that never ended, helm can render nothing: that is said', async () => {
  const pending: HelmPreviewer = { previewUpgrade: () => Promise.resolve({ outcome: 'pending' }) };
  const target = await installed(cluster());
  const input = inputOf(target, { method: 'helm' });
  expect(await run(dryRunsOf(cluster().config, pending).dryRun, input)).toMatchObject({
    outcome: 'accepted',
    changes: [{ object: expect.stringContaining('never ended'), diff: [] }],
  });
});
