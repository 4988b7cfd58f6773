import { expect, test } from '@jest/globals';
import { planIdentity } from '../../src/domain/plan-identity.ts';
import type { ObservedTarget } from '../../src/domain/observation.ts';
import type { StandardPlan } from '../../src/domain/standard-plan.ts';
import { anObservation, aTarget } from '../support/a-target.ts';

const target = aTarget();
const aPlan = (change: Partial<StandardPlan> = {}): StandardPlan => ({
  strategy: 'standard',
  from: 'example/shop:4.0.0',
  to: 'example/shop:4.1.0',
  method: 'image',
  recorded: anObservation(),
  ...change,
});
const recorded = (change: Partial<ObservedTarget['deployment']>): Partial<StandardPlan> => ({
  recorded: anObservation(change),
});
const identity = planIdentity(target, aPlan());

test.each<[string, Partial<StandardPlan>]>([
  ['another version', { to: 'example/shop:4.1.1' }],
  ['another starting point', { from: 'example/shop:3.9.0' }],
  ['another way', { method: 'helm' }],
  ['another pod template', recorded({ templateHash: 'def' })],
  ['another number of pods, where no autoscaler counts them', recorded({ replicas: 5 })],
  ['another Deployment of the name', recorded({ uid: 'uid-2' })],
])('%s is another plan', (_what, change) => {
  expect(planIdentity(target, aPlan(change))).not.toBe(identity);
});

test.each<[string, Partial<StandardPlan>]>([
  ['how many pods happen to be available', recorded({ availableReplicas: 1 })],
  ['a new generation of the same template', recorded({ generation: 9 })],
])('%s makes no other plan', (_what, change) => {
  expect(planIdentity(target, aPlan(change))).toBe(identity);
});

test('the pods that an autoscaler counts make no other plan', () => {
  const autoscaler = { name: 'shop', minReplicas: 2, maxReplicas: 9 };
  const scaled = (replicas: number) =>
    planIdentity(target, aPlan({ recorded: { ...anObservation({ replicas }), autoscaler } }));
  expect(scaled(4)).toBe(scaled(7));
});

test('the order of keys makes no other plan', () => {
  const { service, environment } = target;
  const turned = { environment, service: Object.fromEntries(Object.entries(service).reverse()) };
  expect(planIdentity(turned as unknown as typeof target, aPlan())).toBe(identity);
});

test('another way to verify is another plan', () => {
  const changed = aTarget({ service: { verification: { reach: 'exec', checks: [] } } });
  expect(planIdentity(changed, aPlan())).not.toBe(identity);
});
