import { expect, test } from '@jest/globals';
import { diagnose } from '../../src/domain/diagnosis-report.ts';
import type { DiagnosisObservation } from '../../src/domain/diagnosis-observation.ts';
import type { ContainerObservation } from '../../src/domain/rollout-observation.ts';
import {
  aPod,
  answer,
  containers,
  ended,
  events,
  log,
  now,
  seconds,
  seen,
  unready,
  unschedulable,
  waits,
} from './diagnosis-observations.ts';

function rulesIn(observation: DiagnosisObservation): readonly string[] {
  return diagnose(observation).findings.map(({ rule }) => rule);
}

/** Three pods, each with its own trouble. */
function threePods(
  each: readonly Partial<ContainerObservation>[],
  parts: Partial<Omit<DiagnosisObservation, 'rollout'>> = {},
): DiagnosisObservation {
  const late = {
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: 'ReplicaSet "shop-server-abc" has timed out progressing.',
    since: now - 5 * seconds,
  } as const;
  return seen(parts, {
    pods: each.map((container, index) => aPod(index + 1, {}, container)),
    deployment: { available: 0, progressing: late },
  });
}

const noEndpoints = {
  service: {
    state: 'seen',
    value: {
      name: 'shop-server',
      exists: true,
      selector: 'app=shop',
      selectsPods: true,
      readyEndpoints: 0,
      unknownTargetPorts: [],
    },
  },
} as const;

test('one cause in all pods is one finding, and hides what it explains', () => {
  const killed = ended(137, 'OOMKilled');
  const { findings, summary } = diagnose(threePods([killed, killed, killed], noEndpoints));
  expect(findings.map(({ rule }) => rule)).toEqual(['out-of-memory']);
  expect(summary).toBe('Container shop is killed for memory at its limit of 256Mi (3 of 3 pods)');
  expect(findings[0]?.remedy).toContain('-n shop-dev --limits=memory=');
});

test('a Secret that is missing stands before a container that crashes', () => {
  const missing = waits('CreateContainerConfigError', 'secret "shop-secrets" not found');
  const all = rulesIn(threePods([ended(1), ended(1), missing], { logs: [log('ERROR out of ideas')] }));
  expect(all[0]).toBe('secret-missing');
});

test('an image that does not exist stands before pods that are not ready', () => {
  const absent = waits('ImagePullBackOff', 'example/shop:2: not found');
  expect(rulesIn(threePods([absent, absent, absent], noEndpoints))).toEqual(['image-not-found']);
});

test('what a program says itself stands before what its endpoint answers', () => {
  const line = 'ERROR cannot connect to postgres at db:5432: connection refused';
  const observation = unready({
    logs: [{ ...log(line), previous: false }],
    answers: [answer({ status: 503, detail: '{"database":"down"}' })],
  });
  const { findings } = diagnose(observation);
  expect(findings.map(({ rule }) => rule)).toEqual(['database-unreachable', 'probe-error-answer']);
  expect(findings[0]?.situation).toBe('unhealthy');
});

test('what the probe does wrong stands before what the log complains of', () => {
  const observation = unready({
    logs: [{ ...log('WARN cache: connection refused'), previous: false }],
    answers: [answer({ status: 404 })],
  });
  expect(rulesIn(observation)[0]).toBe('probe-wrong-path');
});

test('a deadline that is over is told only where nothing else is known', () => {
  const fine = { ready: true, running: { startedAt: now - 60 * seconds } };
  expect(rulesIn(threePods([fine, fine, fine]))).toEqual(['progress-deadline-exceeded']);
  expect(rulesIn(threePods([ended(139), ended(139), ended(139)]))).toEqual(['segmentation-fault']);
});

test('two containers that fail for two reasons are two findings', () => {
  const observation = seen(
    {},
    {
      pods: [
        {
          ...aPod(1),
          containers: [
            { name: 'shop', ready: false, ...ended(137, 'OOMKilled'), restarts: 3 },
            { name: 'proxy', ready: false, ...ended(139), restarts: 3 },
          ],
        },
      ],
      deployment: { available: 0 },
    },
  );
  expect(rulesIn(observation)).toEqual(['out-of-memory', 'segmentation-fault']);
});

test('a crash that was seen to be understood in one pod explains the others', () => {
  const observation = containers(ended(1), {
    logs: [log('FATAL: password authentication failed for user "shop"')],
  });
  const { findings } = diagnose(observation);
  expect(findings.map(({ rule }) => rule)).toEqual(['database-login-refused']);
  expect(findings[0]?.headline).toContain('3 of 3 pods');
});

test('at most ten findings, of at most five facts each', () => {
  const names = Array.from({ length: 14 }, (_, index) => `secret-${String(index)}`);
  const observation = containers(waits('ContainerCreating'), {
    missing: { state: 'seen', value: names.map((name) => ({ kind: 'Secret', name })) },
    events: events(
      ...Array.from({ length: 9 }, (_, index) => ({
        reason: 'FailedMount',
        message: `mount failed: ${String(index)}`,
      })),
    ),
  });
  const { findings } = diagnose(observation);
  expect(findings).toHaveLength(10);
  expect(Math.max(...findings.map(({ evidence }) => evidence.length))).toBeLessThanOrEqual(5);
});

test('what could not be seen is said once', () => {
  const reason = 'the nodes: this worker may not look';
  const unseen = { state: 'unseen', reason } as const;
  const report = diagnose(
    seen({ nodes: unseen, quotas: unseen, gaps: ['the log of pod a: no answer within 10 s'] }),
  );
  expect(report.unseen).toEqual(['the log of pod a: no answer within 10 s', reason]);
});

test('a claim that is bound on first use is not blamed for a pod that no node has room for', () => {
  const observation = unschedulable('0/3 nodes are available: 3 Insufficient cpu.', {
    claims: { state: 'seen', value: [{ name: 'data', phase: 'Pending', storageClass: 'local' }] },
  });
  expect(rulesIn(observation)).toEqual(['insufficient-cpu']);
});

test.each([
  ['may not be looked at', { state: 'unseen', reason: 'the volumes: this worker may not look' } as const],
  ['are bound by now', { state: 'seen', value: [{ name: 'data', phase: 'Bound' }] } as const],
])('where the claims %s, the words of the scheduler about them are told', (_how, claims) => {
  const words = '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
  const { findings, summary } = diagnose(unschedulable(words, { claims }));
  expect(findings.map(({ rule }) => rule)).toEqual(['unschedulable']);
  expect(summary).toContain('unbound immediate PersistentVolumeClaims');
});
