import { expect, test } from '@jest/globals';
import type { ContainerObservation, PodObservation } from '../../src/domain/rollout-observation.ts';
import type { RolloutObservation } from '../../src/domain/rollout-observation.ts';
import { judgeRollout } from '../../src/domain/rollout.ts';
import { container, now, observation, pod } from './rollout-observations.ts';

const seconds = 1000;
const probe = { initialDelaySeconds: 5, timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3 };

/** What the judgement of one such observation is: the rule that failed it, or `waiting`. */
function verdict(seen: RolloutObservation): string {
  const decision = judgeRollout(seen, now);
  return decision.decision === 'failed' ? decision.rule : decision.decision;
}

const waiting = (reason: string, message = ''): Partial<ContainerObservation> => ({
  waiting: { reason, message },
});
const ended = (reason: string, exitCode: number) => ({ reason, exitCode, message: '' });
const oom = ended('OOMKilled', 137);

test.each<[string, Partial<ContainerObservation>, string]>([
  ['CrashLoopBackOff', waiting('CrashLoopBackOff'), 'crash-loop-back-off'],
  [
    'ErrImagePull of a tag that does not exist',
    waiting('ErrImagePull', 'rpc error: code = NotFound desc = app:2: not found'),
    'image-not-found',
  ],
  [
    'ImagePullBackOff that tells of it',
    waiting('ImagePullBackOff', 'ErrImagePull: manifest unknown'),
    'image-not-found',
  ],
  [
    'a registry that is not found by DNS',
    waiting('ErrImagePull', 'lookup r.example.com: no such host, not found'),
    'waiting',
  ],
  [
    'a refused login',
    waiting('ErrImagePull', 'pull access denied, repository does not exist or may require authorization'),
    'waiting',
  ],
  [
    'ImagePullBackOff without a reason',
    waiting('ImagePullBackOff', 'Back-off pulling image "app:2"'),
    'waiting',
  ],
  ['ErrImageNeverPull', waiting('ErrImageNeverPull'), 'image-never-pull'],
  ['InvalidImageName', waiting('InvalidImageName'), 'image-name-invalid'],
  [
    'a missing Secret',
    waiting('CreateContainerConfigError', 'secret "s" not found'),
    'container-config-invalid',
  ],
  [
    'a kubelet that has not synced',
    waiting('CreateContainerConfigError', 'failed to sync secret cache: timed out'),
    'waiting',
  ],
  ['ContainerCannotRun', { terminated: ended('ContainerCannotRun', 127) }, 'container-cannot-run'],
  [
    'ContainerCannotRun, the time before',
    { ...waiting('PodInitializing'), lastTermination: ended('ContainerCannotRun', 127) },
    'container-cannot-run',
  ],
  ['ContainerCannotRun with exit code 128', { terminated: ended('ContainerCannotRun', 128) }, 'waiting'],
  ['one kill for memory', { running: { startedAt: now }, lastTermination: oom, restarts: 1 }, 'waiting'],
  [
    'two kills for memory',
    { running: { startedAt: now }, lastTermination: oom, restarts: 2 },
    'out-of-memory',
  ],
  [
    'a kill for memory after another',
    { terminated: oom, lastTermination: oom, restarts: 1 },
    'out-of-memory',
  ],
  [
    'two kills for memory, waiting for the second restart',
    { ...waiting('CrashLoopBackOff'), lastTermination: oom, restarts: 1 },
    'out-of-memory',
  ],
  [
    'one kill for memory, waiting for the first restart',
    { ...waiting('CrashLoopBackOff'), lastTermination: oom, restarts: 0 },
    'crash-loop-back-off',
  ],
  ['a crash before the back-off', { terminated: ended('Error', 1), restarts: 1 }, 'waiting'],
  ['ContainerCreating', waiting('ContainerCreating'), 'waiting'],
])('a container in %s is judged by itself', (_title, parts, expected) => {
  expect(verdict(observation({ pods: [pod({ containers: [container(parts)] })] }))).toBe(expected);
});

test('one kill for memory in each of two pods is the version, not chance', () => {
  const killed = [container({ running: { startedAt: now }, lastTermination: oom, restarts: 1 })];
  expect(
    verdict(
      observation({ pods: [pod({ name: 'a', containers: killed }), pod({ name: 'b', containers: killed })] }),
    ),
  ).toBe('out-of-memory');
});

test.each<[string, Partial<PodObservation>]>([
  ['terminating', { terminating: true }],
  ['evicted', { phase: 'Failed', reason: 'Evicted' }],
  ['completed', { phase: 'Succeeded' }],
])('a crash in a pod that is %s fails nothing', (_title, parts) => {
  const crashing = pod({ ...parts, containers: [container(waiting('CrashLoopBackOff'))] });
  expect(verdict(observation({ pods: [crashing] }))).toBe('waiting');
});

test.each<[string, Partial<PodObservation>, string]>([
  ['evicted', { phase: 'Failed', reason: 'Evicted', message: 'low on memory' }, 'the node put the pod out'],
  [
    'preempted',
    { disrupted: { status: 'True', reason: 'PreemptionByScheduler', message: 'x', since: now } },
    'preempted',
  ],
])('a pod that was %s is waited for, and the wait says why', (_title, parts, reason) => {
  expect(judgeRollout(observation({ pods: [pod(parts)] }), now)).toMatchObject({
    decision: 'waiting',
    reason: expect.stringContaining(reason),
  });
});

const unschedulable = (ageSeconds: number): Partial<PodObservation> => ({
  phase: 'Pending',
  scheduled: {
    status: 'False',
    reason: 'Unschedulable',
    message: '0/3 nodes',
    since: now - ageSeconds * seconds,
  },
  containers: [],
});
const unpulled = (ageSeconds: number): Partial<PodObservation> => ({
  scheduled: { status: 'True', reason: '', message: '', since: now - ageSeconds * seconds },
  containers: [container(waiting('ImagePullBackOff', '429 Too Many Requests'))],
});
/** Scheduled five minutes ago. */
const unpulledAfter = (
  before: Partial<ContainerObservation>,
  parts: Partial<ContainerObservation> = {},
): Partial<PodObservation> => {
  const [its] = unpulled(300).containers ?? [];
  return {
    ...unpulled(300),
    containers: [container({ name: 'before', ...before }), { ...container({}), ...its, ...parts }],
  };
};
const endedAgo = (ageSeconds: number, exitCode = 0) => ({
  ...ended('Completed', exitCode),
  finishedAt: now - ageSeconds * seconds,
});
const unready = (ageSeconds: number, parts: Partial<ContainerObservation> = {}): Partial<PodObservation> => ({
  ready: { status: 'False', reason: '', message: '', since: now - 900 * seconds },
  containers: [container({ running: { startedAt: now - ageSeconds * seconds }, readiness: probe, ...parts })],
});

test.each<[string, Partial<PodObservation>, string]>([
  ['no node for 179 s', unschedulable(179), 'waiting'],
  ['no node for 180 s', unschedulable(180), 'unschedulable'],
  ['no image for 119 s', unpulled(119), 'waiting'],
  ['no image for 120 s', unpulled(120), 'image-pull-failing'],
  [
    'no image for 119 s after an init container',
    unpulledAfter({ isInit: true, terminated: endedAgo(119) }),
    'waiting',
  ],
  [
    'no image for 120 s after an init container',
    unpulledAfter({ isInit: true, terminated: endedAgo(120) }),
    'image-pull-failing',
  ],
  [
    'no image for 119 s after a sidecar has started',
    unpulledAfter({ isInit: true, running: { startedAt: now - 119 * seconds } }),
    'waiting',
  ],
  [
    'no image for 300 s beside a container that has just started',
    unpulledAfter({ running: { startedAt: now } }),
    'image-pull-failing',
  ],
  [
    'no image again, 119 s after its end',
    unpulledAfter({}, { lastTermination: endedAgo(119, 1), restarts: 1 }),
    'waiting',
  ],
  ['not ready within 5 + 1 + 3 × 10 s', unready(35), 'waiting'],
  ['not ready after 5 + 1 + 3 × 10 s', unready(36), 'readiness-failing'],
  ['not ready within the startup probe’s time too', unready(60, { startup: probe }), 'waiting'],
  ['not ready after the startup probe’s time too', unready(72, { startup: probe }), 'readiness-failing'],
  ['ready', unready(900, { ready: true }), 'waiting'],
  ['running without any probe', { containers: [container({ running: { startedAt: 0 } })] }, 'waiting'],
])('a pod with %s has had its grace or has it still', (_title, parts, expected) => {
  expect(verdict(observation({ pods: [pod(parts)] }))).toBe(expected);
});

test('a container that stops being ready gets its patience from that moment', () => {
  const flipped = pod({
    ...unready(900),
    ready: { status: 'False', reason: '', message: '', since: now - 10 * seconds },
  });
  expect(judgeRollout(observation({ pods: [flipped] }), now)).toMatchObject({
    decision: 'waiting',
    reevaluateAt: now + 26 * seconds,
  });
});

const failedCreate = (message: string, ageSeconds = 60) => ({
  name: 'app-new',
  failure: { status: 'True' as const, reason: 'FailedCreate', message, since: now - ageSeconds * seconds },
});
const overQuota =
  'pods "app-new-x" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=3, limited: pods=3';
const ready = { status: 'True' as const, reason: '', message: '', since: now };
const old = (live: number, terminating = 0) => ({ oldPods: { live, terminating } });

test.each<[string, Parameters<typeof observation>[0], string]>([
  [
    'a policy forbids the pod',
    { newest: failedCreate('pods "x" is forbidden: violates PodSecurity'), ...old(3) },
    'pod-creation-forbidden',
  ],
  [
    'the quota wants limits that are not there',
    { newest: failedCreate('forbidden: failed quota: q: must specify cpu'), ...old(3) },
    'pod-creation-forbidden',
  ],
  [
    'a webhook does not answer',
    { newest: failedCreate('Internal error occurred: failed calling webhook'), ...old(3) },
    'waiting',
  ],
  [
    'the quota is full and no old pod may go',
    { newest: failedCreate(overQuota), ...old(3) },
    'quota-exceeded',
  ],
  [
    'the quota is full, for less than its grace',
    { newest: failedCreate(overQuota, 9), ...old(3) },
    'waiting',
  ],
  ['the quota is full and an old pod is going', { newest: failedCreate(overQuota), ...old(2, 1) }, 'waiting'],
  [
    'the quota is full and an old pod may go',
    { newest: failedCreate(overQuota), deployment: { maxUnavailable: 1 }, ...old(3) },
    'waiting',
  ],
  [
    'the quota is full and a new pod is on its way',
    { newest: failedCreate(overQuota), pods: [pod({})], ...old(2) },
    'waiting',
  ],
  [
    'the quota is full and an old pod has just gone',
    { newest: failedCreate(overQuota), deployment: { available: 2, maxUnavailable: 1 }, ...old(2) },
    'waiting',
  ],
  [
    'the quota is full and no old pod is left',
    { newest: failedCreate(overQuota), pods: [pod({ ready })], ...old(0) },
    'quota-exceeded',
  ],
])('when %s, the answer follows from whether an old pod can free it', (_title, parts, expected) => {
  expect(verdict(observation({ pods: [], ...parts }))).toBe(expected);
});

const late = (message: string) => ({
  progressing: { status: 'False' as const, reason: 'ProgressDeadlineExceeded', message, since: now },
});

test.each([
  ['the newest ReplicaSet', 'ReplicaSet "app-new" has timed out progressing.', 'progress-deadline-exceeded'],
  ['the Deployment', 'Deployment "app" has timed out progressing.', 'progress-deadline-exceeded'],
  ['a ReplicaSet that was left meanwhile', 'ReplicaSet "app-bad" has timed out progressing.', 'waiting'],
])('a progress deadline of %s is judged as such', (_title, message, expected) => {
  expect(verdict(observation({ deployment: late(message) }))).toBe(expected);
});

test('the cause is told before its symptom', () => {
  const crashing = pod({ containers: [container(waiting('CrashLoopBackOff'))] });
  const deployment = late('ReplicaSet "app-new" has timed out progressing.');
  expect(verdict(observation({ deployment, pods: [crashing] }))).toBe('crash-loop-back-off');
});
