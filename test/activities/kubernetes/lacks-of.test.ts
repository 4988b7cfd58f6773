import { expect, test } from '@jest/globals';
import type { V1Container, V1Deployment, V1PodSpec } from '@kubernetes/client-node';
import { lacksOf } from '../../../src/activities/kubernetes/lacks-of.ts';

const sleeps = (...command: string[]) => ({ lifecycle: { preStop: { exec: { command } } } });
const careful = { readinessProbe: { httpGet: { port: 'http' } }, ...sleeps('sleep', '10') };

function lacks(
  container: Partial<V1Container>,
  pod: Partial<V1PodSpec> = {},
  minReadySeconds = 2,
): readonly string[] {
  const containers = [
    { name: 'shop', ...container },
    { name: 'proxy', ...careful },
  ];
  const template = { spec: { ...pod, containers } };
  const deployment: V1Deployment = { spec: { selector: {}, template, minReadySeconds } };
  return lacksOf(deployment, 'shop');
}

test('a template that has all lacks nothing', () => {
  expect(lacks(careful)).toEqual([]);
});

test('of the service’s own container, and the worst first', () => {
  expect(lacks({}, {}, 0)).toEqual(['readinessProbe', 'preStop', 'minReadySeconds']);
});

test.each([
  ['as long as the grace period', sleeps('sleep', '20'), 20],
  ['in a shell', sleeps('sh', '-c', 'sleep 30'), undefined],
  ['by the action', { lifecycle: { preStop: { sleep: { seconds: 45 } } } }, 45],
])('a hook that sleeps too long: %s', (_how, hook, terminationGracePeriodSeconds) => {
  const pod = terminationGracePeriodSeconds === undefined ? {} : { terminationGracePeriodSeconds };
  expect(lacks({ ...careful, ...hook }, pod)).toEqual(['gracePeriod']);
});

test.each([sleeps('nginx', '-s', 'quit'), sleeps('sh', '-c', 'sleep 5; kill 1'), sleeps('sleep', '19')])(
  'a hook that ends in time, or that nobody can tell of: %j',
  (hook) => {
    expect(lacks({ ...careful, ...hook }, { terminationGracePeriodSeconds: 20 })).toEqual([]);
  },
);
