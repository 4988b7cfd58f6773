import { expect, test } from '@jest/globals';
import { rolloutRules } from '../../src/domain/rollout-trouble.ts';
import { describeProgress, judgeRollout } from '../../src/domain/rollout.ts';
import { container, now, observation, pod } from './rollout-observations.ts';

const fullyNew = { total: 3, updated: 3, available: 3 };

test('a rollout is complete when the generation is seen and total, updated and available are what is asked', () => {
  expect(
    judgeRollout(observation({ deployment: fullyNew, oldPods: { live: 0, terminating: 2 } }), now),
  ).toEqual({
    decision: 'complete',
    progress: { desired: 3, updated: 3, available: 3, old: 0 },
  });
});

test('a Deployment scaled to nothing is complete with nothing', () => {
  const scaled = { desired: 0, total: 0, updated: 0, available: 0 };
  expect(
    judgeRollout(observation({ deployment: scaled, oldPods: { live: 0, terminating: 0 }, pods: [] }), now)
      .decision,
  ).toBe('complete');
});

test.each([
  ['the controller has not seen the template', { deployment: { ...fullyNew, generation: 8 } }],
  ['the newest ReplicaSet is not there yet', { deployment: fullyNew, newest: undefined }],
  ['an update is missing', { deployment: { ...fullyNew, updated: 2 } }],
  ['one is not available', { deployment: { ...fullyNew, available: 2 } }],
  ['there are more pods than asked', { deployment: { ...fullyNew, total: 4 } }],
  ['an old pod still serves', { deployment: fullyNew, oldPods: { live: 1, terminating: 0 } }],
])('a rollout is not complete while %s', (_title, parts) => {
  const complete = observation({ deployment: fullyNew, oldPods: { live: 0, terminating: 0 } });
  expect(judgeRollout(complete, now).decision).toBe('complete');
  expect(judgeRollout(observation({ oldPods: { live: 0, terminating: 0 }, ...parts }), now).decision).toBe(
    'waiting',
  );
});

test.each([
  ['deleted', observation({ deployment: undefined }), /deleted/],
  ['given another image', observation({ deployment: { image: 'app:9' } }), /holds app:9, and not app:2/],
  ['robbed of the container', observation({ deployment: { image: undefined } }), /no such container/],
])('a Deployment that was %s during the wait is answered as changed', (_title, seen, reason) => {
  expect(judgeRollout(seen, now)).toMatchObject({
    decision: 'changed',
    reason: expect.stringMatching(reason),
  });
});

test('before the controller acts, failures of the version before are not held against the new one', () => {
  const crashing = pod({ containers: [container({ waiting: { reason: 'CrashLoopBackOff', message: '' } })] });
  const unseen = observation({ deployment: { generation: 8 }, pods: [crashing] });
  expect(judgeRollout(unseen, now)).toMatchObject({ decision: 'waiting', progress: { updated: 0 } });
});

test('a failure names its rule and puts that evidence first, at most ten facts', () => {
  const pulling = pod({
    name: 'a',
    containers: [container({ waiting: { reason: 'ImagePullBackOff', message: 'timeout' } })],
  });
  const crashing = Array.from({ length: 12 }, (_, i) =>
    pod({
      name: `c${i}`,
      containers: [container({ waiting: { reason: 'CrashLoopBackOff', message: '' }, restarts: 2 })],
    }),
  );
  const decision = judgeRollout(observation({ pods: [pulling, ...crashing] }), now);
  if (decision.decision !== 'failed') throw new Error(`expected a failure, got ${decision.decision}`);
  expect(decision.rule).toBe('crash-loop-back-off');
  expect(decision.reason).toBe(
    'a container keeps crashing (pod c0, container app: CrashLoopBackOff after 2 restarts)',
  );
  expect(decision.evidence).toHaveLength(10);
  expect(decision.evidence[0]).toEqual({
    subject: 'pod c0, container app',
    detail: 'CrashLoopBackOff after 2 restarts',
  });
});

test('a wait says when it must look again: at the earliest end of a grace period', () => {
  const condition = { status: 'False' as const, reason: 'Unschedulable', message: 'no room' };
  const decision = judgeRollout(
    observation({
      pods: [
        pod({ name: 'a', phase: 'Pending', scheduled: { ...condition, since: now - 1_000 } }),
        pod({ name: 'b', phase: 'Pending', scheduled: { ...condition, since: now - 60_000 } }),
      ],
    }),
    now,
  );
  expect(decision).toMatchObject({ decision: 'waiting', reevaluateAt: now + 120_000 });
  expect(decision).toMatchObject({ reason: expect.stringContaining('no node takes the pod') });
});

test('a paused Deployment is waited for, and the wait says so', () => {
  expect(judgeRollout(observation({ deployment: { paused: true } }), now)).toMatchObject({
    decision: 'waiting',
    reason: expect.stringContaining('paused'),
  });
});

test('progress reads as a sentence', () => {
  expect(describeProgress({ desired: 3, updated: 2, available: 1, old: 2 })).toBe(
    '2 of 3 pods updated, 1 available, 2 old pods left',
  );
});

test('every rule has its own name', () => {
  const names = rolloutRules.map((rule) => rule.name);
  expect(new Set(names).size).toBe(names.length);
});
