/** The life of a simulated pod, as a kubelet would report it. Times are shorter than a kubelet's. */
import { annotations } from './annotations.ts';
import { badConfig, crashLoop, failedPulls, waitsAsAnnotated } from './failure-stages.ts';
import { alive, fate, isRunning, isWaiting, ofJob, readyCondition } from './pod-conditions.ts';
import { annotation, exists, isAbsent, isIn, isNotIn, podStage } from './stage.ts';
import {
  addresses,
  containerStatuses,
  initContainersDone,
  readyConditions,
  running,
  terminated,
  waiting,
} from './status-templates.ts';

export interface PodTimes {
  readonly startMs: number;
  readonly readyMs: number;
  /** How long a pod is Terminating. */
  readonly terminationMs: number;
}

export function podStages(times: PodTimes): object[] {
  return [
    ...ordinaryLife(times),
    ...crashLoop(),
    ...failedPulls(),
    badConfig(),
    waitsAsAnnotated(),
    ...ending(times),
  ];
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

function ending(times: PodTimes): object[] {
  return [
    podStage('pod-complete', {
      when: [alive, isRunning, isIn(readyCondition, 'True'), ofJob],
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
