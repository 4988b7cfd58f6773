import { expect, test } from '@jest/globals';
import type { V1ContainerState, V1Job, V1Pod } from '@kubernetes/client-node';
import { jobState, type JobState } from '../../../src/activities/smoke/job-state.ts';

const condition = (type: string, reason?: string): V1Job => ({
  status: { conditions: [{ type, status: 'True', ...(reason === undefined ? {} : { reason }) }] },
});
const underWay: V1Job = { status: { active: 1 } };
const failed = condition('Failed', 'BackoffLimitExceeded');

function pod(
  state: V1ContainerState,
  phase = 'Pending',
  conditions: { type: string; status: string }[] = [],
): V1Pod {
  const container = { name: 'smoke-test', image: 'i', imageID: '', ready: false, restartCount: 0, state };
  return { status: { phase, conditions, containerStatuses: [container] } };
}
const waiting = (reason: string, message = ''): V1Pod => pod({ waiting: { reason, message } });
const ended = (exitCode: number, reason = 'Error'): V1Pod =>
  pod({ terminated: { exitCode, reason, message: 'exec: "smoke": not found' } }, 'Failed');

const notRun = (detail: string): JobState => ({ kind: 'notRun', detail });
const isFailed = (detail: string): JobState => ({ kind: 'failed', detail });
const isWaiting = (detail: string): JobState => ({ kind: 'waiting', detail });

test.each<[string, V1Job, V1Pod[], JobState]>([
  ['a Job that completed', condition('Complete'), [ended(0, 'Completed')], { kind: 'passed' }],
  ['a Job that completed, its pod gone', condition('Complete'), [], { kind: 'passed' }],
  ['a pod that runs', underWay, [pod({ running: {} }, 'Running')], { kind: 'running' }],
  ['an exit code', failed, [ended(2)], isFailed('exit code 2')],
  ['too little memory', failed, [ended(137, 'OOMKilled')], isFailed('exit code 137 (OOMKilled)')],
  ['a pod that has ended, of a Job that has not', underWay, [ended(2)], { kind: 'running' }],
  ['a Job that failed, its pod not yet', failed, [pod({ running: {} }, 'Running')], { kind: 'running' }],
  ['the deadline', condition('Failed', 'DeadlineExceeded'), [], isFailed('DeadlineExceeded')],
  ['a pod that somebody deleted', failed, [], notRun('its pod was deleted before it had ended')],
  [
    'a pod that was evicted',
    failed,
    [pod({ terminated: { exitCode: 137 } }, 'Failed', [{ type: 'DisruptionTarget', status: 'True' }])],
    notRun('its pod was taken away (disrupted)'),
  ],
  [
    'a program that the image does not have',
    failed,
    [ended(128, 'StartError')],
    notRun('StartError: exec: "smoke": not found'),
  ],
  [
    'an image that does not exist',
    underWay,
    [waiting('ErrImagePull', 'example/smoke: not found')],
    notRun('ErrImagePull: example/smoke: not found [image-not-found]'),
  ],
  [
    'a registry that cannot be reached',
    underWay,
    [waiting('ErrImagePull', 'dial tcp: lookup registry: not found, no such host')],
    isWaiting('ErrImagePull: dial tcp: lookup registry: not found, no such host'),
  ],
  [
    'an image that runs as root',
    underWay,
    [waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root')],
    notRun(
      'CreateContainerConfigError: container has runAsNonRoot and image will run as root [container-config-invalid]',
    ),
  ],
  ['a pod that starts', underWay, [waiting('ContainerCreating')], isWaiting('ContainerCreating')],
  [
    'no room',
    underWay,
    [
      {
        status: {
          conditions: [
            { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' },
          ],
        },
      },
    ],
    isWaiting('Unschedulable: 0/3 nodes'),
  ],
  [
    'no pod',
    underWay,
    [],
    isWaiting('no pod was made for it: a quota or a policy of the cluster may refuse it'),
  ],
])('%s', (_what, job, pods, expected) => {
  expect(jobState(job, pods, 0)).toEqual(expected);
});
