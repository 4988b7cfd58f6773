import { describe, expect, test } from '@jest/globals';
import type {
  ObservedContainer,
  ObservedPod,
  ObservedReplicas,
  RuledPod,
} from '../../src/domain/check-observation.ts';
import { judgeImage } from '../../src/domain/check-image.ts';
import { judgePods } from '../../src/domain/check-pods.ts';
import { judgeReplicas } from '../../src/domain/check-replicas.ts';
import type { ImageCheck } from '../../src/domain/check.ts';
import { isSameImage } from '../../src/domain/same-image.ts';
import { isSettled } from '../../src/domain/settled.ts';
import { ruledPod } from '../support/ruled-pod.ts';

const image = 'tensafe/server:4.1.0';

function container(change: Partial<ObservedContainer> = {}): ObservedContainer {
  return { name: 'tensafe', image, running: true, restarts: 0, ...change };
}

function pod(change: Partial<ObservedPod> = {}): RuledPod {
  const name = change.name ?? 'pod-a';
  return ruledPod({
    name,
    uid: name,
    phase: 'Running',
    terminating: false,
    ready: true,
    containers: [container()],
    ...change,
  });
}

function replicas(change: Partial<ObservedReplicas> = {}): ObservedReplicas {
  const generations = { generation: 3, observedGeneration: 3 };
  return { deployment: 'web', ...generations, desired: 3, total: 3, updated: 3, available: 3, ...change };
}

describe('replicas', () => {
  const spec = { kind: 'replicas', name: 'replicas', severity: 'required' } as const;

  test.each([
    ['all there', {}, { verdict: 'pass', summary: '3/3 replicas updated and available' }],
    ['one not available', { available: 2 }, { verdict: 'fail', reason: 'mismatch' }],
    ['all available, one of the old version', { updated: 2 }, { verdict: 'fail', reason: 'mismatch' }],
    ['an old one left over', { total: 4 }, { verdict: 'fail', reason: 'mismatch' }],
    ['numbers of an older generation', { observedGeneration: 2 }, { verdict: 'fail', reason: 'mismatch' }],
    ['none at all', { total: 0, updated: 0, available: 0 }, { verdict: 'fail', reason: 'noPods' }],
    [
      'scaled to 0',
      { desired: 0, total: 0, updated: 0, available: 0 },
      { verdict: 'inconclusive', reason: 'noPods' },
    ],
    ['scaled to 0, one still there', { desired: 0, total: 1, updated: 1, available: 1 }, { verdict: 'fail' }],
  ] as const)('%s', (_what, change, expected) => {
    expect(judgeReplicas(spec, replicas(change))).toMatchObject(expected);
  });
});

describe('pods', () => {
  const spec = { kind: 'pods', name: 'pods', severity: 'required' } as const;
  const crashing = container({ running: false, reason: 'CrashLoopBackOff', restarts: 4 });

  test.each([
    ['all running and ready', [pod(), pod()], { verdict: 'pass', summary: '2/2 pods running and ready' }],
    [
      'one terminating beside',
      [pod(), pod({ terminating: true, ready: false })],
      { verdict: 'pass', summary: /^1\/1/ },
    ],
    [
      'one completed beside',
      [pod({ phase: 'Succeeded', ready: false }), pod()],
      { verdict: 'pass', summary: /^1\/1/ },
    ],
    [
      'one evicted beside',
      [pod({ phase: 'Failed', phaseReason: 'Evicted', ready: false }), pod()],
      { verdict: 'pass' },
    ],
    [
      'one pending',
      [pod(), pod({ phase: 'Pending', ready: false })],
      { verdict: 'fail', reason: 'mismatch' },
    ],
    ['one not ready', [pod(), pod({ ready: false })], { verdict: 'fail', reason: 'mismatch' }],
    [
      'one crashing, though its phase is Running',
      [pod(), pod({ containers: [crashing] })],
      { verdict: 'fail' },
    ],
    [
      'a stopped side container',
      [pod({ containers: [container(), container({ name: 'b', running: false })] })],
      { verdict: 'fail' },
    ],
    ['none', [], { verdict: 'fail', reason: 'noPods' }],
    ['only a terminating one', [pod({ terminating: true })], { verdict: 'fail', reason: 'noPods' }],
  ] as const)('%s', (_what, pods, { verdict, ...expected }) => {
    const result = judgePods(spec, { pods, desired: 2, now: 0 });
    expect(result.verdict).toBe(verdict);
    if ('reason' in expected) expect(result.reason).toBe(expected.reason);
    if ('summary' in expected) expect(result.summary).toMatch(expected.summary);
  });

  test('none where none is desired leaves the question open', () => {
    expect(judgePods(spec, { pods: [], desired: 0, now: 0 })).toMatchObject({
      verdict: 'inconclusive',
      reason: 'noPods',
    });
  });

  test('what was passed over is named, after what counts', () => {
    const pods = [
      pod({ name: 'old', terminating: true }),
      pod({ name: 'new', containers: [crashing], ready: false }),
    ];
    expect(judgePods(spec, { pods, desired: 1, now: 0 }).evidence).toEqual([
      {
        subject: 'new',
        detail: 'container tensafe: CrashLoopBackOff, restarted 4 times (crash-loop-back-off)',
      },
      { subject: 'old', detail: 'not counted: terminating' },
    ]);
  });
});

describe('image', () => {
  const spec: ImageCheck = { kind: 'image', name: 'version', severity: 'required' };
  const asking: ImageCheck = { ...spec, reported: { port: 8000, path: '/version', field: 'version' } };
  const seen = { container: 'tensafe', expected: image };
  const old = pod({ name: 'pod-b', containers: [container({ image: 'tensafe/server:4.0.0' })] });

  test.each([
    ['all on it', [pod(), pod()], { verdict: 'pass' }],
    ['the second on another', [pod(), old], { verdict: 'fail', reason: 'mismatch' }],
    ['another one terminating', [pod(), { ...old, terminating: true }], { verdict: 'pass' }],
    ['another one completed', [{ ...old, phase: 'Succeeded' }, pod()], { verdict: 'pass' }],
    [
      'a side container first',
      [pod({ containers: [container({ name: 'proxy', image: 'proxy:1' }), container()] })],
      { verdict: 'pass' },
    ],
    [
      'the image in the wrong container',
      [pod({ containers: [container({ name: 'proxy' })] })],
      { verdict: 'fail' },
    ],
    ['a longer tag', [pod({ containers: [container({ image: `${image}1` })] })], { verdict: 'fail' }],
    ['none', [], { verdict: 'inconclusive', reason: 'noPods' }],
  ] as const)('%s', (_what, pods, expected) => {
    expect(judgeImage(spec, { ...seen, pods })).toMatchObject(expected);
  });

  test('the digest that runs is evidence', () => {
    const running = container({ imageId: 'docker.io/tensafe/server@sha256:abc' });
    const { evidence } = judgeImage(spec, { ...seen, pods: [pod({ containers: [running] })] });
    expect(evidence).toEqual([{ subject: 'pod-a', detail: `${image} (sha256:abc)` }]);
  });

  test.each([
    ['the version', 200, '{"version":"4.1.0"}', { verdict: 'pass' }],
    ['it with a v', 200, '{"version":"v4.1.0"}', { verdict: 'pass' }],
    ['another', 200, '{"version":"4.0.0"}', { verdict: 'fail', reason: 'mismatch' }],
    ['a longer one', 200, '{"version":"4.1.0-rc1"}', { verdict: 'fail', reason: 'mismatch' }],
    ['no field', 200, '{}', { verdict: 'inconclusive', reason: 'unsupported' }],
    ['no JSON', 200, '4.1.0', { verdict: 'inconclusive', reason: 'unsupported' }],
    ['404', 404, '', { verdict: 'inconclusive', reason: 'unsupported' }],
    ['500', 500, '{"version":"4.1.0"}', { verdict: 'fail', reason: 'mismatch' }],
  ] as const)('a server that reports %s', (_what, status, body, expected) => {
    const reported = [{ kind: 'answer', pod: 'pod-a', status, body, truncated: false }] as const;
    expect(judgeImage(asking, { ...seen, pods: [pod()], reported })).toMatchObject(expected);
  });

  test('a server that cannot be asked fails', () => {
    const reported = [
      { kind: 'unreachable', pod: 'pod-a', detail: 'connection refused on port 8000' },
    ] as const;
    expect(judgeImage(asking, { ...seen, pods: [pod()], reported })).toMatchObject({
      verdict: 'fail',
      reason: 'unreachable',
    });
  });

  const digest = `sha256:${'a'.repeat(64)}`;
  test.each([
    ['tensafe/server:4.1.0', 'docker.io/tensafe/server:4.1.0', true],
    ['redis', 'docker.io/library/redis:latest', true],
    [`web:1@${digest}`, `docker.io/library/web@${digest}`, true],
    [`web:1@${digest}`, 'web:1', false],
    ['registry:5000/web:1', 'web:1', false],
    ['tensafe/server:4.1.0', 'other/server:4.1.0', false],
    ['tensafe/server:4.1.0', 'tensafe/server:4.1', false],
    ['not an image!', 'not an image!', true],
  ])('%s and %s are the same image: %s', (one, other, same) => {
    expect(isSameImage(one, other)).toBe(same);
  });
});

describe('settled', () => {
  const starting = pod({
    phase: 'Pending',
    ready: false,
    containers: [container({ running: false, reason: 'ContainerCreating' })],
  });
  const stuck = pod({
    ready: false,
    containers: [container({ running: false, reason: 'CrashLoopBackOff' })],
  });
  const one = replicas({ desired: 1, total: 1, updated: 1, available: 1 });

  test.each([
    ['all ready', [pod()], one, true],
    ['one starting', [starting], { ...one, available: 0 }, false],
    ['one running, not ready', [pod({ ready: false })], { ...one, available: 0 }, false],
    ['one stuck', [stuck], { ...one, available: 0 }, true],
    ['one missing', [], { ...one, total: 0 }, false],
    ['one not yet counted', [pod(), pod()], one, false],
    ['a generation behind', [pod()], { ...one, observedGeneration: 2 }, false],
    ['a terminating one beside', [pod(), pod({ terminating: true, ready: false })], one, true],
    ['scaled to 0', [], replicas({ desired: 0, total: 0, updated: 0, available: 0 }), true],
  ] as const)('%s', (_what, pods, numbers, settled) => {
    expect(isSettled({ pods, replicas: numbers }, 0)).toBe(settled);
  });
});
