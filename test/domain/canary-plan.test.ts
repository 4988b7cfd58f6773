import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canaryAt, planCanary, type CanaryDecision, type CanaryPlan } from '../../src/domain/canary-plan.ts';
import { planBlueGreen } from '../../src/domain/blue-green-plan.ts';
import type { ObservedTarget } from '../../src/domain/observation.ts';
import { aTarget, type TargetChange } from '../support/a-target.ts';
import { observed, request, surroundings } from './track-plans.ts';

function planOf(decision: CanaryDecision): CanaryPlan {
  if (decision.decision !== 'go') throw new Error(decision.reason);
  return decision.plan;
}

const at = (weight: number, bakeSeconds = 0) => ({ weight, bakeSeconds, gate: false });

test('without any steps of its own a service gets the runbook’s, over the replicas that it has', () => {
  const plan = planOf(planCanary(aTarget(), request, observed(10)));
  expect(
    plan.steps.map(({ weight, pair, bakeSeconds }) => [weight, pair.stable, pair.canary, bakeSeconds]),
  ).toEqual([
    [10, 9, 1, 900],
    [30, 7, 3, 900],
    [50, 5, 5, 900],
    [100, 0, 10, 300],
  ]);
  expect(plan).toMatchObject({
    from: 'example/shop:4.0.0',
    to: 'example/shop:4.1.0',
    method: 'image',
    replicas: 10,
    minimum: 10,
    start: { stable: 10, canary: 0 },
    track: {
      track: 'canary',
      deployment: 'shop-server-canary',
      labels: { 'fairway.dev/track': 'canary' },
      selector: { app: 'shop', 'fairway.dev/track': 'canary' },
    },
    analysis: { metrics: [], whenInconclusive: 'ask' },
    notes: [],
  });
});

test('the request’s steps go before the service’s, and those before the runbook’s', () => {
  const target = aTarget({ service: { canary: { steps: [at(25), at(100)] } } });
  const weights = (asked: typeof request & { readonly steps?: ReturnType<typeof at>[] }) =>
    planOf(planCanary(target, asked, observed(8))).steps.map(({ weight }) => weight);
  expect(weights(request)).toEqual([25, 100]);
  expect(weights({ ...request, steps: [at(50), at(100)] })).toEqual([50, 100]);
});

test.each([
  [1, ['10 → 50', '30 → 50', '50 → 50', '100 → 100']],
  [3, ['10 → 33', '30 → 33', '50 → 33', '100 → 100']],
  [10, ['10 → 10', '30 → 30', '50 → 50', '100 → 100']],
  [37, ['10 → 11', '30 → 30', '50 → 49', '100 → 100']],
])('with %i replicas the runbook’s weights are told beside the real ones', (replicas, weights) => {
  const plan = planOf(planCanary(aTarget(), request, observed(replicas)));
  expect(plan.steps.map(({ weight, actualWeight }) => `${weight} → ${Math.round(actualWeight)}`)).toEqual(
    weights,
  );
});

test('few replicas are said to be few', () => {
  expect(planOf(planCanary(aTarget(), request, observed(3))).notes).toEqual([
    '10 %, 30 % and 50 % are the same 1 of 3 pods.',
  ]);
  expect(planOf(planCanary(aTarget(), request, observed(1))).notes[0]).toContain('one pod more');
});

test('a first step that would expose far more than was asked for is refused with what could be asked', () => {
  const plan = planCanary(aTarget(), { ...request, steps: [at(1), at(100)] }, observed(3));
  expect(plan).toEqual({
    decision: 'refuse',
    rule: 'too-few-replicas',
    reason: 'the first step asks for 1 %, and 3 replicas of Deployment shop-server give no less than 33 %',
    remedy: 'begin with a weight of at least 7 if that share is meant, or scale to at least 20 replicas',
  });
  const steps = (weight: number) => ({ ...request, steps: [at(weight), at(100)] });
  expect(planCanary(aTarget(), steps(7), observed(3)).decision).toBe('go');
  expect(planCanary(aTarget(), steps(1), observed(20)).decision).toBe('go');
});

test('a disruption budget declares what a failing canary may leave, and a quota how many pods move at a time', () => {
  const plan = planOf(
    planCanary(
      aTarget(),
      request,
      observed(
        10,
        surroundings(10, {
          disruptionBudget: { name: 'shop', minAvailable: 7 },
          podRoom: { pods: 2, because: 'ResourceQuota small (pods)' },
        }),
      ),
    ),
  );
  expect(plan).toMatchObject({ minimum: 7, room: 2 });
  expect(plan.notes).toEqual([
    'ResourceQuota small (pods) leaves room for 2 more pods, and 10 would be used at once: pods move in several rounds.',
  ]);
});

test('KEDA’s ScaledObject is held instead of the HPA that it keeps', () => {
  const autoscaler = { name: 'keda-hpa-shop', minReplicas: 1, maxReplicas: 9 };
  const held = (target: ObservedTarget) => planOf(planCanary(aTarget(), request, target)).autoscaler;
  const scaledObject = { kind: 'ScaledObject' as const, name: 'shop' };
  expect(held(observed(3, { autoscaler, ...surroundings(3, { autoscalers: [scaledObject] }) }))).toEqual(
    scaledObject,
  );
  expect(held(observed(3, { autoscaler }))).toEqual({
    kind: 'HorizontalPodAutoscaler',
    name: 'keda-hpa-shop',
  });
  expect(held(observed(3))).toBeUndefined();
});

describe('both strategies refuse', () => {
  const service = (selector: Record<string, string>) =>
    observed(3, { service: { name: 'shop-server', selector } });
  const byHelm: TargetChange = { service: { update: 'helm' } };
  const { helm: _helm, ...withoutHelm } = observed(3);
  test.each<[string, string, ObservedTarget, TargetChange, string]>([
    ['the version that runs', 'same-version', observed(3), { service: { image: 'example/shop' } }, 'force'],
    ['a target without pods', 'scaled-to-zero', observed(0), {}, 'scale it up'],
    ['Helm without a release', 'helm-release-missing', withoutHelm, byHelm, 'install it by Helm'],
    [
      'a Service that is pinned still',
      'selector-pinned',
      service({ app: 'shop', 'pod-template-hash': 'abc' }),
      {},
      '[{"op":"remove","path":"/spec/selector/pod-template-hash"}]',
    ],
    [
      'a Service that selects a track',
      'selector-pinned',
      service({ app: 'shop', 'fairway.dev/track': 'green' }),
      {},
      '[{"op":"remove","path":"/spec/selector/fairway.dev~1track"}]',
    ],
    [
      'a Service that selects what the chart changes',
      'selector-changes-with-release',
      service({ 'app.kubernetes.io/version': '4.0.0' }),
      byHelm,
      'take app.kubernetes.io/version out of the selector',
    ],
    [
      'a target that is itself a track',
      'track-label-taken',
      {
        ...observed(3),
        deployment: { ...observed(3).deployment, selector: { 'fairway.dev/track': 'green' } },
      },
      {},
      'fairway.yaml',
    ],
    [
      'a target with pods missing',
      'target-not-whole',
      { ...observed(3), deployment: { ...observed(3).deployment, availableReplicas: 2 } },
      {},
      'kubectl rollout status deployment/shop-server -n shop-dev',
    ],
    [
      'a target that an earlier rollout left half',
      'target-not-whole',
      observed(3, surroundings(1)),
      {},
      'standard deployment',
    ],
    [
      'two autoscalers',
      'two-autoscalers',
      observed(
        3,
        surroundings(3, {
          autoscalers: [
            { kind: 'ScaledObject', name: 'shop' },
            { kind: 'HorizontalPodAutoscaler', name: 'shop' },
          ],
        }),
      ),
      {},
      'keep one',
    ],
    [
      'a track that was left over',
      'track-left-over',
      observed(3, surroundings(3, { leftoverTracks: ['shop-server-green'] })),
      {},
      'kubectl delete deployment shop-server-green -n shop-dev',
    ],
    [
      'a namespace without room',
      'no-room',
      observed(3, surroundings(3, { podRoom: { pods: 0, because: 'ResourceQuota small (pods)' } })),
      {},
      'raise the quota',
    ],
  ])('%s', (_what, rule, target, change, remedy) => {
    const again = rule === 'same-version' ? { ...request, version: '4.0.0' } : request;
    for (const plan of [planCanary, planBlueGreen]) {
      expect(plan(aTarget(change), again, target)).toMatchObject({
        decision: 'refuse',
        rule,
        remedy: expect.stringContaining(remedy),
      });
    }
  });
});

test('a selector by version is no obstacle to an update by image, which changes no labels', () => {
  const target = observed(3, {
    service: { name: 'shop-server', selector: { 'app.kubernetes.io/version': '4' } },
  });
  expect(planCanary(aTarget(), request, target).decision).toBe('go');
});

test('the same version goes when it is forced', () => {
  const again = { ...request, version: '4.0.0', force: true };
  expect(planCanary(aTarget(), again, observed(3)).decision).toBe('go');
  expect(planBlueGreen(aTarget(), again, observed(3)).decision).toBe('go');
});

test('whatever the steps and the replicas, a plan rises to all pods and promises those that there were', () => {
  const weights = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 8 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 80 }), (below, replicas) => {
      const steps = [...below.sort((a, b) => a - b), 100].map((weight) => at(weight));
      const decision = planCanary(aTarget(), { ...request, steps }, observed(replicas));
      if (decision.decision === 'refuse') return expect(decision.rule).toBe('too-few-replicas');
      if (decision.decision !== 'go') throw new Error(decision.reason);
      const canary = decision.plan.steps.map(({ pair }) => pair.canary);
      expect(canary).toEqual([...canary].sort((a, b) => a - b));
      expect(canary.at(-1)).toBe(replicas);
      for (const { pair } of decision.plan.steps)
        expect(pair.stable + pair.canary).toBeGreaterThanOrEqual(replicas);
    }),
  );
});

test('for another number of replicas a plan is the one that would have been made for them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 0, max: 40 }), (replicas, more) => {
      const around = { disruptionBudget: { name: 'shop', minAvailable: '70%' } };
      const planFor = (count: number) =>
        planOf(
          planCanary(
            aTarget(),
            { ...request, steps: [at(50), at(100)] },
            observed(count, surroundings(count, around)),
          ),
        );
      const { notes: _notes, recorded: _recorded, ...expected } = planFor(replicas + more);
      expect(canaryAt(planFor(replicas), replicas + more)).toMatchObject(expected);
    }),
  );
});

test('pods that an autoscaler has added since have taken their part of the quota', () => {
  const around = { podRoom: { pods: 5, because: 'ResourceQuota small (pods)' } };
  const plan = planOf(planCanary(aTarget(), request, observed(10, surroundings(10, around))));
  expect([10, 12, 20].map((replicas) => canaryAt(plan, replicas).room)).toEqual([5, 3, 1]);
});
