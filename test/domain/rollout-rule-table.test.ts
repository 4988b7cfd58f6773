/** Each rule of a rollout with its effect, what it sees, and the nearest thing that it must not see. */
import { expect, test } from '@jest/globals';
import type {
  ContainerObservation,
  PodObservation,
  RolloutObservation,
} from '../../src/domain/rollout-observation.ts';
import type { RuleEffect } from '../../src/domain/rollout-rule.ts';
import { fatalTrouble, lookAt, podTrouble, rolloutRules } from '../../src/domain/rollout-trouble.ts';
import { container, now, observation, pod } from './rollout-observations.ts';

const waits = (reason: string, message = '') => withContainer({ waiting: { reason, message } });
const ends = (reason: string, exitCode: number, message = '') => ({ reason, exitCode, message });
const withContainer = (parts: Partial<ContainerObservation>) => withPod({ containers: [container(parts)] });
const withPod = (parts: Partial<PodObservation>) => observation({ pods: [pod(parts)] });
const condition = (reason: string, message: string, since = now) => ({
  status: 'False' as const,
  reason,
  message,
  since,
});
const disrupted = (reason: string) => ({ ...condition(reason, 'x'), status: 'True' as const });
const noPods = (message: string, parts: Parameters<typeof observation>[0] = {}) => {
  const failure = { ...condition('FailedCreate', message, now - 60_000), status: 'True' as const };
  return observation({ pods: [], newest: { name: 'app-new', failure }, ...parts });
};
const overQuota =
  'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3';
const runs = { running: { startedAt: now - 3_000 } };
const probe = { initialDelaySeconds: 0, timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3 };
const oom = ends('OOMKilled', 137);
const late = (reason: string) => observation({ deployment: { progressing: condition(reason, 'late') } });
const denied = 'pull access denied, repository may require authorization';

interface Row {
  readonly effect: RuleEffect;
  readonly hit: RolloutObservation;
  readonly nearMiss: RolloutObservation;
}

const table: Readonly<Record<string, Row>> = {
  'image-not-found': {
    effect: 'fatal',
    hit: waits('ErrImagePull', 'code = NotFound desc = app:2: not found'),
    nearMiss: waits('ErrImagePull', 'lookup registry.example.com: no such host: not found'),
  },
  'image-name-invalid': {
    effect: 'fatal',
    hit: waits('InvalidImageName', 'invalid reference format'),
    nearMiss: waits('ErrImagePull', 'invalid reference format'),
  },
  'image-never-pull': {
    effect: 'fatal',
    hit: waits('ErrImageNeverPull', 'not present with pull policy of Never'),
    nearMiss: waits('ContainerCreating', 'not present with pull policy of Never'),
  },
  'container-config-invalid': {
    effect: 'fatal',
    hit: waits('CreateContainerConfigError', 'secret "s" not found'),
    nearMiss: waits('CreateContainerConfigError', 'failed to sync secret cache: timed out'),
  },
  'container-cannot-run': {
    effect: 'fatal',
    hit: withContainer({ terminated: ends('ContainerCannotRun', 127) }),
    nearMiss: withContainer({ terminated: ends('ContainerCannotRun', 128) }),
  },
  'out-of-memory': {
    effect: 'fatal',
    hit: withContainer({ ...runs, lastTermination: oom, restarts: 2 }),
    nearMiss: withContainer({ ...runs, lastTermination: oom, restarts: 1 }),
  },
  'crash-loop-back-off': {
    effect: 'fatal',
    hit: waits('CrashLoopBackOff'),
    nearMiss: withContainer({ terminated: ends('Error', 1), restarts: 1 }),
  },
  'image-pull-failing': {
    effect: 'grace',
    hit: waits('ImagePullBackOff', denied),
    nearMiss: waits('ImagePullBackOff', 'manifest unknown'),
  },
  unschedulable: {
    effect: 'grace',
    hit: withPod({ phase: 'Pending', scheduled: condition('Unschedulable', '0/3 nodes') }),
    nearMiss: withPod({ phase: 'Pending', scheduled: condition('SchedulingGated', 'a gate') }),
  },
  'readiness-failing': {
    effect: 'grace',
    hit: withContainer({ ...runs, readiness: probe }),
    nearMiss: withContainer(runs),
  },
  'pod-creation-forbidden': {
    effect: 'fatal',
    hit: noPods('admission webhook "policy.example.com" denied the request: no'),
    nearMiss: noPods('Internal error occurred: failed calling webhook "policy.example.com": timed out'),
  },
  'pod-invalid': {
    effect: 'fatal',
    hit: noPods('Pod "x" is invalid: spec.containers[0].resources.requests: Invalid value: "2"'),
    nearMiss: noPods('timed out waiting for the pod to be validated'),
  },
  'quota-exceeded': {
    effect: 'grace',
    hit: noPods(overQuota),
    nearMiss: noPods(overQuota, { oldPods: { live: 2, terminating: 1 } }),
  },
  'quota-throttles': {
    effect: 'throttled',
    hit: noPods(overQuota, { oldPods: { live: 2, terminating: 1 } }),
    nearMiss: noPods(overQuota),
  },
  'progress-deadline-exceeded': {
    effect: 'fatal',
    hit: late('ProgressDeadlineExceeded'),
    nearMiss: late('FailedCreate'),
  },
  'pod-evicted': {
    effect: 'infrastructure',
    hit: withPod({ phase: 'Failed', reason: 'Evicted' }),
    nearMiss: withPod({ phase: 'Failed' }),
  },
  'pod-disrupted': {
    effect: 'infrastructure',
    hit: withPod({ disrupted: disrupted('PreemptionByScheduler') }),
    nearMiss: withPod({}),
  },
  'node-lost': {
    effect: 'infrastructure',
    hit: withPod({ ready: condition('', ''), containers: [container({ ...runs, ready: true })] }),
    nearMiss: withPod({
      ready: condition('ReadinessGatesNotReady', 'corresponding condition does not exist'),
      containers: [container({ ...runs, ready: true })],
    }),
  },
};

test('the table has each rule, in the order of telling', () => {
  expect(Object.keys(table)).toEqual(rolloutRules.map(({ name }) => name));
});

const namesSeen = (seen: RolloutObservation) => lookAt(seen).map(({ rule }) => rule.name);

test.each(Object.entries(table))('%s sees its own, and not the nearest to it', (name, row) => {
  expect(namesSeen(row.hit)).toContain(name);
  expect(namesSeen(row.nearMiss)).not.toContain(name);
});

const far = now + 24 * 60 * 60_000;

test.each(Object.entries(table))('%s ends a wait as its effect says', (name, { effect, hit }) => {
  const rule = rolloutRules.find((each) => each.name === name);
  expect(rule?.effect).toBe(effect);
  const isOver = fatalTrouble(lookAt(hit), now)?.rule === name;
  const isOverInTheEnd = fatalTrouble(lookAt(hit), far)?.rule === name;
  switch (effect) {
    case 'fatal':
      return expect([isOver, isOverInTheEnd]).toEqual([true, true]);
    case 'grace':
      // Whether it is over already depends on how long it has lasted; in the end it is.
      return expect(isOverInTheEnd).toBe(true);
    default:
      return expect([isOver, isOverInTheEnd]).toEqual([false, false]);
  }
});

test.each(['throttled', 'infrastructure'])('%s is never given an end by a sighting', (effect) => {
  const rows = Object.entries(table).filter(([, row]) => row.effect === effect);
  const untils = rows.flatMap(([name, { hit }]) =>
    lookAt(hit)
      .filter(({ rule }) => rule.name === name)
      .map(({ sighting }) => sighting.until),
  );
  expect(new Set(untils)).toEqual(new Set([undefined]));
});

test('pods that no Deployment keeps are judged by the same rules', () => {
  const failing = pod({ containers: [container({ waiting: { reason: 'ErrImageNeverPull', message: '' } })] });
  expect(podTrouble([failing], now)).toMatchObject({ rule: 'image-never-pull' });
  expect(podTrouble([pod({})], now)).toBeUndefined();
});

test('what a cluster says of a container is told without secrets, and not at length', () => {
  const said = `could not start: DATABASE_PASSWORD=hunter2-${'x'.repeat(2_000)} and more`;
  const trouble = fatalTrouble(
    lookAt(withContainer({ terminated: ends('ContainerCannotRun', 127, said) })),
    now,
  );
  expect(trouble?.reason).toContain('[redacted]');
  expect(JSON.stringify(trouble)).not.toContain('hunter2');
  expect(trouble?.evidence[0]?.detail.length).toBeLessThanOrEqual(500);
});
