import { expect, test } from '@jest/globals';
import { observePod } from '../../../src/activities/kubernetes/observe-pod.ts';

test('containers that run before the others are told apart, with the time at which they were done', () => {
  const finishedAt = new Date('2026-11-23T10:00:00Z');
  const base = { image: 'example/shop:1', imageID: '', ready: false, restartCount: 0 };
  const { containers } = observePod({
    status: {
      initContainerStatuses: [
        { ...base, name: 'prepare', state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt } } },
      ],
      containerStatuses: [{ ...base, name: 'shop', state: { waiting: { reason: 'ImagePullBackOff' } } }],
    },
  });
  expect(containers).toEqual([
    {
      ...{ name: 'prepare', isInit: true, ready: false, restarts: 0 },
      terminated: { reason: 'Completed', exitCode: 0, message: '', finishedAt: finishedAt.getTime() },
    },
    { name: 'shop', ready: false, restarts: 0, waiting: { reason: 'ImagePullBackOff', message: '' } },
  ]);
});
