import { expect, test } from '@jest/globals';
import { podRoom } from '../../src/domain/pod-room.ts';
import { parseQuantity } from '../../src/domain/quantity.ts';

test.each([
  ['2', 2],
  ['250m', 0.25],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['512Mi', 2 ** 29],
  ['1e3', 1_000],
  ['1E', 1e18],
  ['3k', 3_000],
  ['.5', 0.5],
  ['', undefined],
  ['ten', undefined],
  ['1 Gi', undefined],
])('the quantity "%s" is %p', (text, expected) => {
  expect(parseQuantity(text)).toBe(expected);
});

const pod = {
  containers: [
    { requests: { cpu: '100m', memory: '128Mi', 'example.com/gpu': '1' }, limits: { memory: '256Mi' } },
    { requests: { cpu: '100m' } },
  ],
  initContainers: [{ requests: { cpu: '150m', memory: '1Gi' } }],
};

test.each<[string, Record<string, string>, Record<string, string>, number | undefined]>([
  [
    'no quota for pods',
    { services: '2', 'count/jobs.batch': '1', persistentvolumeclaims: '0' },
    {},
    undefined,
  ],
  ['pods', { pods: '10' }, { pods: '7' }, 3],
  ['pods, used up', { pods: '10' }, { pods: '12' }, 0],
  ['the sum of the containers', { 'requests.cpu': '1' }, { 'requests.cpu': '400m' }, 3],
  ['cpu without a prefix', { cpu: '1' }, { cpu: '900m' }, 0],
  ['an init container that needs more', { 'requests.memory': '4Gi' }, {}, 4],
  ['limits', { 'limits.memory': '1Gi' }, { 'limits.memory': '512Mi' }, 2],
  ['limits that the pod does not have', { 'limits.cpu': '1' }, {}, undefined],
  ['an extended resource', { 'requests.example.com/gpu': '2' }, { 'requests.example.com/gpu': '1' }, 1],
  [
    'Deployments, with room for one',
    { 'count/deployments.apps': '2' },
    { 'count/deployments.apps': '1' },
    undefined,
  ],
  [
    'Deployments, with room for none',
    { 'count/deployments.apps': '1' },
    { 'count/deployments.apps': '1' },
    0,
  ],
])('a quota on %s leaves what the next pods need', (_what, hard, used, expected) => {
  expect(podRoom([{ name: 'q', hard, used }], pod)?.pods).toBe(expected);
});

test('of several quotas the one that ends first is named', () => {
  const quotas = [
    { name: 'wide', hard: { pods: '10' }, used: {} },
    { name: 'tight', hard: { pods: '10', 'requests.cpu': '1' }, used: { 'requests.cpu': '600m' } },
  ];
  expect(podRoom(quotas, pod)).toEqual({ pods: 2, because: 'ResourceQuota tight (requests.cpu)' });
  expect(podRoom([], pod)).toBeUndefined();
});
