/** What the matrix records of a release is what was, in whatever order its watches told of it. */
import { expect, test } from '@jest/globals';
import type { V1Pod, V1Service } from '@kubernetes/client-node';
import { deployment } from '../support/matrix/case.ts';
import { replay, type Change } from '../support/matrix/replay.ts';

function selecting(track: string): Pick<Change, 'kind' | 'name' | 'object'> {
  const object: V1Service = { metadata: { name: deployment }, spec: { selector: { track } } };
  return { kind: 'services', name: deployment, object };
}

function ready(track: string): Pick<Change, 'kind' | 'name' | 'object'> {
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  const object: V1Pod = { metadata: { name: track, labels: { track } }, status };
  return { kind: 'pods', name: track, object };
}

const told: readonly Change[] = [
  { version: 1, at: 10, ...ready('blue') },
  { version: 2, at: 20, ...selecting('blue') },
  { version: 4, at: 30, ...selecting('green') },
  // By a watch that is behind.
  { version: 3, at: 40, ...ready('green') },
  { version: 5, at: 50, kind: 'pods', name: 'blue' },
];

test('the order is that of the versions, and its times do not go back', () => {
  const seen = replay(told, 0).map(({ at, available }) => ({ at, available }));
  expect(seen).toEqual([
    { at: 10, available: [] },
    { at: 20, available: ['blue'] },
    { at: 40, available: ['green'] },
  ]);
});

test('what was before the beginning is one moment, also where it is told of later', () => {
  const seen = replay(told, 3).map(({ available, selector }) => ({ available, selector }));
  expect(seen).toEqual([
    { available: ['blue'], selector: { track: 'blue' } },
    { available: ['green'], selector: { track: 'green' } },
  ]);
});

test('of two with one version the later one is the last', () => {
  const gone: Change = { version: 3, at: 60, kind: 'pods', name: 'green' };
  expect(replay([...told, gone], 0).at(-1)?.available).toEqual([]);
});
