/** The life of a simulated pod, as a kubelet would report it. Times are shorter than a kubelet's. */
import { annotations } from './annotations.ts';
import { behavioursWithFate, type Fate } from './behaviours.ts';
import { annotation, exists, isAbsent, isIn, isNotIn, podStage, type Requirement } from './stage.ts';
import {
  addresses,
  containerStatuses,
  initContainersDone,
  readyConditions,
  running,
  terminated,
  waiting,
} from './status-templates.ts';

const container = '.status.containerStatuses.[0]';
const alive = isAbsent('.metadata.deletionTimestamp');
const isRunning = exists(`${container}.state.running.startedAt`);
const readyCondition = '.status.conditions.[] | select( .type == "Ready" ) | .status';
const ownedByJob = '.metadata.ownerReferences.[].kind';

function fate(...fates: readonly Fate[]): Requirement {
  return isIn(annotation(annotations.behaviour), ...behavioursWithFate(...fates));
}

function isWaiting(reason: string): Requirement {
  return isIn(`${container}.state.waiting.reason`, reason);
}

export interface PodTimes {
  readonly startMs: number;
  readonly readyMs: number;
  /** How long a pod is Terminating. */
  readonly terminationMs: number;
}

export function podStages(times: PodTimes): object[] {
  return [...ordinaryLife(times), ...crashLoop(), ...failedPulls(), badConfig(), ...ending(times)];
}

function ordinaryLife(times: PodTimes): object[] {
  return [
    podStage('pod-create', {
      when: [alive, isAbsent('.status.podIP')],
      delayMs: 0,
      status: `${readyConditions(false)}${containerStatuses({ state: waiting('ContainerCreating') })}${addresses}\nphase: Pending`,
    }),
    podStage('pod-start', {
      when: [
        alive,
        isWaiting('ContainerCreating'),
        isIn(annotation(annotations.routed), 'true'),
        fate('runs', 'neverReady', 'crashes', 'runsOutOfMemory'),
      ],
      delayMs: times.startMs,
      delayAnnotation: annotations.startDelay,
      event: { type: 'Normal', reason: 'Started', message: 'Container started' },
      status: `${containerStatuses({ state: running, started: true })}${initContainersDone}\nphase: Running`,
    }),
    podStage('pod-ready', {
      when: [alive, isRunning, isNotIn(readyCondition, 'True'), fate('runs')],
      delayMs: times.readyMs,
      delayAnnotation: annotations.readyDelay,
      status: `${readyConditions(true)}${containerStatuses({ state: '{{ toJson $was.state }}', started: true, ready: true })}`,
    }),
    podStage('pod-unready', {
      when: [alive, isRunning, isIn(readyCondition, 'True'), fate('neverReady')],
      delayMs: 0,
      event: {
        type: 'Warning',
        reason: 'Unhealthy',
        message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      },
      status: `${readyConditions(false)}${containerStatuses({ state: '{{ toJson $was.state }}', started: true })}`,
    }),
  ];
}

/** First exit: an immediate restart. From the second on: CrashLoopBackOff, then another start. */
function crashLoop(): object[] {
  const crashing = fate('crashes', 'runsOutOfMemory');
  const exited = exists(`${container}.state.terminated.finishedAt`);
  const restarts = `${container}.restartCount | tostring`;
  const startAgain = containerStatuses({
    state: running,
    started: true,
    restartCount: '{{ add1 (or $was.restartCount 0) }}',
    lastState: '{{ toJson (ternary $was.state (or $was.lastState dict) (hasKey $was.state "terminated")) }}',
  });
  const exit = (name: string, of: Fate, reason: string, exitCode: number) =>
    podStage(name, {
      when: [alive, isRunning, fate(of)],
      delayMs: 500,
      status: `${readyConditions(false)}${containerStatuses({ state: terminated(reason, exitCode) })}`,
    });
  return [
    exit('pod-crash', 'crashes', 'Error', 1),
    exit('pod-out-of-memory', 'runsOutOfMemory', 'OOMKilled', 137),
    podStage('pod-restart', {
      when: [alive, exited, isIn(restarts, '0'), crashing],
      delayMs: 200,
      status: startAgain,
    }),
    podStage('pod-back-off', {
      when: [alive, exited, isNotIn(restarts, '0'), crashing],
      delayMs: 200,
      event: { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container' },
      status: containerStatuses({
        state: waiting('CrashLoopBackOff', 'back-off 10s restarting failed container=%container%'),
        lastState: '{{ toJson $was.state }}',
      }),
    }),
    podStage('pod-back-off-over', {
      when: [alive, isWaiting('CrashLoopBackOff')],
      delayMs: 3_000,
      status: startAgain,
    }),
  ];
}

function failedPulls(): object[] {
  const notFound =
    'rpc error: code = NotFound desc = failed to pull and unpack image \\"%image%\\": failed to resolve reference \\"%image%\\": %image%: not found';
  const timedOut =
    'rpc error: code = DeadlineExceeded desc = failed to pull and unpack image \\"%image%\\": failed to resolve reference \\"%image%\\": dial tcp: i/o timeout';
  return [
    ...failedPull('not-found', 'imageNotFound', notFound),
    ...failedPull('timeout', 'registryTimesOut', timedOut),
  ];
}

function failedPull(name: string, of: Fate, escaped: string): object[] {
  const message = escaped.replaceAll('\\"', '"');
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
    pull(`pod-pull-${name}-again`, 'ImagePullBackOff', 4_000),
  ];
}

function badConfig(): object {
  return podStage('pod-bad-config', {
    when: [alive, isWaiting('ContainerCreating'), fate('configMissing')],
    delayMs: 300,
    event: { type: 'Warning', reason: 'Failed', message: 'Error: secret "tensafe-secrets" not found' },
    status: containerStatuses({
      state: waiting('CreateContainerConfigError', 'secret "tensafe-secrets" not found'),
    }),
  });
}

function ending(times: PodTimes): object[] {
  return [
    podStage('pod-complete', {
      when: [alive, isRunning, isIn(readyCondition, 'True'), isIn(ownedByJob, 'Job')],
      delayMs: 500,
      status: `${readyConditions(false)}${containerStatuses({ state: terminated('Completed', 0) })}\nphase: Succeeded`,
    }),
    podStage('pod-delete', {
      when: [exists('.metadata.deletionTimestamp'), isAbsent('.metadata.finalizers')],
      delayMs: times.terminationMs,
      deletes: true,
    }),
  ];
}
