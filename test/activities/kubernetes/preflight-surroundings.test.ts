import { beforeAll, expect, test } from '@jest/globals';
import type { KubeConfig } from '@kubernetes/client-node';
import { AutoscalingV2Api, PolicyV1Api } from '@kubernetes/client-node';
import { surroundingsPermissions } from '../../../src/activities/kubernetes/observe-surroundings.ts';
import { releasePermissions } from '../../../src/activities/kubernetes/permissions.ts';
import { trackPermissions } from '../../../src/activities/kubernetes/track-permissions.ts';
import type { PreflightStrategy } from '../../../src/activities/kubernetes/types.ts';
import { planCanary } from '../../../src/domain/canary-plan.ts';
import type { ObservedSurroundings, PreflightReport } from '../../../src/domain/observation.ts';
import type { Target } from '../../../src/domain/target.ts';
import { useCluster } from '../../support/cluster.ts';
import { accountWith } from './account.ts';
import { activitiesOf, coreOf, image, run, workload } from './bench.ts';
import { canaryOf, installed, tracksOf } from './tracks-bench.ts';

const cluster = useCluster();
const labels = { 'app.kubernetes.io/name': 'tensafe' };

function preflight(
  target: Target,
  {
    strategy = 'canary',
    config = cluster().config,
  }: { readonly strategy?: PreflightStrategy; readonly config?: KubeConfig } = {},
): Promise<PreflightReport> {
  return run(activitiesOf(config).preflight, { target, image: image('4.1.0'), strategy });
}

async function surroundings(target: Target): Promise<ObservedSurroundings | undefined> {
  const { problems, observed } = await preflight(target);
  expect(problems).toEqual([]);
  return observed?.surroundings;
}

let target: Target;
beforeAll(async () => {
  target = await installed(cluster(), { replicas: 3 });
});

test('a standard deployment looks at no surroundings, and asks for no rights to them', async () => {
  const config = await accountWith(cluster(), target.environment.namespace, 'standard', releasePermissions);
  const { problems, observed } = await preflight(target, { strategy: 'standard', config });
  expect(problems).toEqual([]);
  expect(observed).toBeDefined();
  expect(observed?.surroundings).toBeUndefined();
});

test('the rights to a track are enough, and each that is missing is named', async () => {
  const { namespace } = target.environment;
  const rights = [...releasePermissions, ...trackPermissions, ...surroundingsPermissions];
  const enough = await accountWith(cluster(), namespace, 'tracks', rights);
  expect((await preflight(target, { config: enough })).problems).toEqual([]);
  expect((await preflight(target, { config: enough, strategy: 'blueGreen' })).problems).toEqual([]);
  const lacking = await accountWith(cluster(), namespace, 'no-surroundings', [
    ...releasePermissions,
    ...trackPermissions,
  ]);
  const { problems } = await preflight(target, { config: lacking });
  expect(problems.map(({ rule, message }) => [rule, message.split(' in ')[0]])).toEqual([
    ['permission-missing', "this worker's account may not list poddisruptionbudgets.policy"],
    ['permission-missing', "this worker's account may not list resourcequotas"],
  ]);
});

test('a target with nothing around it says so', async () => {
  expect(await surroundings(target)).toEqual({ updatedReplicas: 3, autoscalers: [], leftoverTracks: [] });
});

test('autoscalers, the strictest budget, the tightest quota and tracks that are left over are seen', async () => {
  const other = await installed(cluster(), { replicas: 3, autoscaler: true });
  const { namespace } = other.environment;
  const budgets = cluster().config.makeApiClient(PolicyV1Api);
  const budget = (name: string, spec: object) =>
    budgets.createNamespacedPodDisruptionBudget({ namespace, body: { metadata: { name }, spec } });
  await budget('loose', { minAvailable: 1, selector: { matchLabels: labels } });
  await budget('strict', {
    maxUnavailable: '30%',
    selector: { matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: ['tensafe'] }] },
  });
  await budget('elsewhere', { minAvailable: 9, selector: { matchLabels: { app: 'other' } } });
  await cluster()
    .config.makeApiClient(AutoscalingV2Api)
    .createNamespacedHorizontalPodAutoscaler({
      namespace,
      body: {
        metadata: { name: 'second' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload },
          maxReplicas: 5,
        },
      },
    });
  await run(tracksOf(cluster().config).createTrack, canaryOf(other, { replicas: 0 }));
  const scoped = { hard: { pods: '1' }, scopes: ['BestEffort'] };
  const quota = (name: string, spec: object) =>
    coreOf(cluster()).createNamespacedResourceQuota({ namespace, body: { metadata: { name }, spec } });
  await quota('scoped', scoped);
  await quota('tight', { hard: { pods: '20', 'count/deployments.apps': '2' } });

  const { observed } = await preflight(other);
  expect(observed?.surroundings).toMatchObject({
    updatedReplicas: 3,
    autoscalers: [
      { kind: 'HorizontalPodAutoscaler', name: 'second' },
      { kind: 'HorizontalPodAutoscaler', name: workload, settings: { minReplicas: 3, maxReplicas: 10 } },
    ],
    disruptionBudget: { name: 'strict', maxUnavailable: '30%' },
    podRoom: { because: expect.stringMatching(/^ResourceQuota tight/) },
    leftoverTracks: [`${workload}-canary`],
  });
  if (observed === undefined) throw new Error('nothing observed');
  const request = { service: 'tensafe', environment: 'dev', version: '4.1.0', force: false, dryRun: true };
  expect(planCanary(other, request, observed)).toMatchObject({ rule: 'two-autoscalers' });
});

test('an autoscaler that another release left held tells by whom, and what it was set to before', async () => {
  const other = await installed(cluster(), { replicas: 3, autoscaler: true });
  const { pauseAutoscaler, restoreAutoscaler } = tracksOf(cluster().config);
  await run(pauseAutoscaler, { target: other, replicas: 3, key: 'release-1/pause' });
  const held = { heldBy: 'release-1/pause', settings: { minReplicas: 3, maxReplicas: 10 } };
  expect(await surroundings(other)).toMatchObject({ autoscalers: [held] });
  const standard = await preflight(other, { strategy: 'standard' });
  expect(standard.observed?.autoscaler).toMatchObject({ minReplicas: 3, maxReplicas: 3, ...held });
  await run(restoreAutoscaler, { target: other });
  expect((await surroundings(other))?.autoscalers[0]?.heldBy).toBeUndefined();
});
