/** Containers that fail, as a kubelet reports them. Back-offs are seconds instead of minutes. */
import type { Fate } from './behaviours.ts';
import { annotations } from './annotations.ts';
import { alive, fate, hasExited, isRunning, isWaiting, notOfJob, ofJob, restarts } from './pod-conditions.ts';
import { isIn, isNotIn, podStage } from './stage.ts';
import {
  annotationOr,
  containerStatuses,
  readyConditions,
  running,
  terminated,
  waiting,
} from './status-templates.ts';

const backOffMs = 3_000;
const pullBackOffMs = 4_000;

const terminatedAsAnnotated = terminated(
  `{{ ${annotationOr(annotations.exitReason, 'Error')} | Quote }}`,
  `{{ ${annotationOr(annotations.exitCode, '1')} }}`,
  `{{ ${annotationOr(annotations.exitMessage, '')} | Quote }}`,
);

/** First exit: an immediate restart. From the second on: CrashLoopBackOff, then another start. */
export function crashLoop(): object[] {
  const crashing = fate('crashes', 'runsOutOfMemory');
  const startAgain = containerStatuses({
    state: running,
    started: true,
    restartCount: '{{ add1 (or $was.restartCount 0) }}',
    lastState: '{{ toJson (ternary $was.state (or $was.lastState dict) (hasKey $was.state "terminated")) }}',
  });
  const exit = (name: string, of: Fate, state: string) =>
    podStage(name, {
      when: [alive, isRunning, fate(of), notOfJob],
      delayMs: 500,
      status: `${readyConditions(false)}${containerStatuses({ state: state })}`,
    });
  /** A Job's pod is not restarted: with its container the pod has failed. */
  const failure = (name: string, of: Fate, reason: string, exitCode: number) =>
    podStage(name, {
      when: [alive, isRunning, fate(of), ofJob],
      delayMs: 500,
      status: `${readyConditions(false)}${containerStatuses({ state: terminated(reason, exitCode) })}\nphase: Failed`,
    });
  return [
    exit('pod-crash', 'crashes', terminatedAsAnnotated),
    exit('pod-out-of-memory', 'runsOutOfMemory', terminated('OOMKilled', 137)),
    failure('job-crash', 'crashes', 'Error', 1),
    failure('job-out-of-memory', 'runsOutOfMemory', 'OOMKilled', 137),
    podStage('pod-restart', {
      when: [alive, hasExited, isIn(restarts, '0'), crashing, notOfJob],
      delayMs: 200,
      status: startAgain,
    }),
    podStage('pod-back-off', {
      when: [alive, hasExited, isNotIn(restarts, '0'), crashing],
      delayMs: 200,
      event: { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container' },
      status: containerStatuses({
        state: waiting('CrashLoopBackOff', 'back-off 10s restarting failed container=%container%'),
        lastState: '{{ toJson $was.state }}',
      }),
    }),
    podStage('pod-back-off-over', {
      when: [alive, isWaiting('CrashLoopBackOff')],
      delayMs: backOffMs,
      status: startAgain,
    }),
  ];
}

export function failedPulls(): object[] {
  const notFound =
    'rpc error: code = NotFound desc = failed to pull and unpack image "%image%": failed to resolve reference "%image%": %image%: not found';
  const timedOut =
    'rpc error: code = DeadlineExceeded desc = failed to pull and unpack image "%image%": failed to resolve reference "%image%": dial tcp: i/o timeout';
  return [
    ...failedPull('not-found', 'imageNotFound', notFound),
    ...failedPull('timeout', 'registryTimesOut', timedOut),
  ];
}

function failedPull(name: string, of: Fate, message: string): object[] {
  const pull = (stageName: string, from: string, delayMs: number) =>
    podStage(stageName, {
      when: [alive, isWaiting(from), fate(of)],
      delayMs,
      event: { type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull' },
      status: containerStatuses({ state: waiting('ErrImagePull', message) }),
    });
  return [
    pull(`pod-pull-${name}`, 'ContainerCreating', 300),
    podStage(`pod-pull-${name}-back-off`, {
      when: [alive, isWaiting('ErrImagePull'), fate(of)],
      delayMs: 800,
      event: { type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' },
      status: containerStatuses({
        state: waiting('ImagePullBackOff', `Back-off pulling image "%image%": ErrImagePull: ${message}`),
      }),
    }),
    pull(`pod-pull-${name}-again`, 'ImagePullBackOff', pullBackOffMs),
  ];
}

export function badConfig(): object {
  return podStage('pod-bad-config', {
    when: [alive, isWaiting('ContainerCreating'), fate('configMissing')],
    delayMs: 300,
    event: { type: 'Warning', reason: 'Failed', message: 'Error: secret "tensafe-secrets" not found' },
    status: containerStatuses({
      state: waiting('CreateContainerConfigError', 'secret "tensafe-secrets" not found'),
    }),
  });
}

/** For whatever else a kubelet may say. */
export function waitsAsAnnotated(): object {
  const reason = annotationOr(annotations.waitingReason, 'ContainerCreating');
  const message = annotationOr(annotations.waitingMessage, '');
  return podStage('pod-waits', {
    when: [alive, isWaiting('ContainerCreating'), fate('waits')],
    delayMs: 300,
    status: containerStatuses({
      state: `{waiting: {reason: {{ ${reason} | Quote }}, message: {{ ${message} | Quote }}}}`,
    }),
  });
}
