/**
 * Pods that are watched outside of a rollout, by verification and during a bake: the rules of rollouts say which of
 * them are an answer, and which may become well or are not the version's fault.
 */
import { describe, expect, test } from '@jest/globals';
import { judgeAnalysis } from '../../src/domain/analysis-report.ts';
import type { RuledPod } from '../../src/domain/check-observation.ts';
import { judgePods } from '../../src/domain/check-pods.ts';
import type { Verdict } from '../../src/domain/check.ts';
import type { ContainerObservation, PodObservation } from '../../src/domain/rollout-observation.ts';
import { isSettled } from '../../src/domain/settled.ts';
import { analysis, aPod, podFacts } from './analysis-observations.ts';

const now = Date.parse('2026-11-23T10:00:00Z');
const ago = (seconds: number) => now - seconds * 1_000;
const condition = (reason: string, since: number) => ({
  ...{ status: 'False' as const, reason, message: 'as the cluster says', since },
});
const probe = { initialDelaySeconds: 5, timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3 };

function unready(
  container: Partial<ContainerObservation>,
  pod: Partial<PodObservation> = {},
  reason?: string,
): RuledPod {
  const running = container.running !== undefined;
  return aPod(
    {
      ...{ ready: false, phase: running ? 'Running' : 'Pending' },
      containers: [
        {
          ...{ name: 'shop', image: 'shop/server:4.1.0', running, restarts: 0 },
          ...(reason === undefined ? {} : { reason }),
        },
      ],
    },
    { createdAt: ago(30), containers: [{ name: 'shop', ready: false, restarts: 0, ...container }], ...pod },
  );
}

function waits(reason: string, message: string, seconds = 30): RuledPod {
  const scheduled = { status: 'True' as const, reason: '', message: '', since: ago(seconds) };
  return unready({ waiting: { reason, message } }, { scheduled }, reason);
}

const pullHiccup = 'toomanyrequests: rate limit exceeded';
const startedAt = (seconds: number) => ({ running: { startedAt: ago(seconds) }, readiness: probe });

describe.each<[string, RuledPod, string | undefined, Verdict]>([
  // Fatal: an answer at once.
  ['a crash loop', waits('CrashLoopBackOff', 'back-off'), 'crash-loop-back-off', 'fail'],
  ['an image that is not there', waits('ErrImagePull', 'app:2: not found'), 'image-not-found', 'fail'],
  [
    'a Secret that is missing',
    waits('CreateContainerConfigError', 'secret "s" not found'),
    'container-config-invalid',
    'fail',
  ],
  // Grace: open while it lasts, and an answer after.
  ['a registry that hiccups', waits('ErrImagePull', pullHiccup), 'image-pull-failing', 'inconclusive'],
  ['one that does so for long', waits('ImagePullBackOff', pullHiccup, 3_600), 'image-pull-failing', 'fail'],
  [
    'a pod without a node',
    unready({}, { scheduled: condition('Unschedulable', ago(100)), containers: [] }),
    'unschedulable',
    'inconclusive',
  ],
  [
    'one without a node for long',
    unready({}, { scheduled: condition('Unschedulable', ago(3_600)), containers: [] }),
    'unschedulable',
    'fail',
  ],
  ['a start within its probes', unready(startedAt(20)), 'readiness-failing', 'inconclusive'],
  ['probes that keep failing', unready(startedAt(3_600)), 'readiness-failing', 'fail'],
  // Infrastructure: never the version's fault.
  [
    'a node that is lost',
    unready({ ...startedAt(3_600), ready: true }, { ready: condition('', ago(200)) }),
    'node-lost',
    'inconclusive',
  ],
  [
    'a pod that is being moved away',
    unready({}, { disrupted: { ...condition('EvictionByEvictionAPI', ago(200)), status: 'True' } }),
    'pod-disrupted',
    'inconclusive',
  ],
])('%s', (_what, pod, rule, verdict) => {
  const isOpen = verdict === 'inconclusive';
  // So long that time alone would fail it.
  const unreadySeconds = { [pod.name]: 200 };

  test(`leaves a verification ${isOpen ? 'open' : 'failed'}, by the rule ${rule}`, () => {
    const result = judgePods(
      { kind: 'pods', name: 'pods', severity: 'required' },
      { pods: [pod], desired: 1, now },
    );
    expect(result.verdict).toBe(verdict);
    expect(result.summary).toContain(`(${rule})`);
  });

  test(`${isOpen ? 'is' : 'is not'} waited for by a verification`, () => {
    const replicas = { deployment: 'shop', generation: 1, observedGeneration: 1 };
    const counts = { desired: 1, total: 1, updated: 1, available: 0 };
    expect(isSettled({ pods: [pod], replicas: { ...replicas, ...counts } }, now)).toBe(!isOpen);
  });

  test(`${isOpen ? 'ends no bake' : 'ends a bake at once'}, by the rule ${rule}`, () => {
    const report = judgeAnalysis(analysis, {
      metrics: [],
      pods: podFacts({ at: now, pods: [pod], unreadySeconds }),
    });
    expect(report).toMatchObject({ verdict, stopNow: !isOpen });
    expect(report.summary).toContain(`(${rule})`);
  });
});

test('a pod that no rule explains is given its time in a bake, and no more', () => {
  const pod = waits('ContainerCreating', '');
  const verdictAfter = (seconds: number) =>
    judgeAnalysis(analysis, {
      metrics: [],
      pods: podFacts({ at: now, pods: [pod], unreadySeconds: { [pod.name]: seconds } }),
    }).verdict;
  expect([verdictAfter(60), verdictAfter(61)]).toEqual(['inconclusive', 'fail']);
});

test('one that cannot become well is told before one that may', () => {
  const pods = [
    { ...waits('ErrImagePull', pullHiccup), name: 'a' },
    { ...waits('CrashLoopBackOff', 'back-off'), name: 'b' },
  ].map((pod) => ({ ...pod, forRules: { ...pod.forRules, name: pod.name } }));
  const result = judgePods({ kind: 'pods', name: 'pods', severity: 'required' }, { pods, desired: 2, now });
  expect(result).toMatchObject({ verdict: 'fail', summary: expect.stringContaining('; b: ') as unknown });
});
