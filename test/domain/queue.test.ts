import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideMove, type Holding, type QueueRank, type Waiting } from '../../src/domain/queue.ts';

/** Started at this minute. */
function a(rank: QueueRank, minute: number, release = `${rank}-${minute}`): Waiting {
  return { release, runId: release, rank, startedAt: at(minute) };
}

function at(minute: number): string {
  return new Date(Date.UTC(2026, 1, 3, 10, minute)).toISOString();
}

const holder: Holding = { release: 'shop-4.0.0', askedAt: at(0) };
const rollback: Holding = { release: 'back', rank: 'rollback', askedAt: at(0) };

test.each([
  ['alone, with the target free', a('wait', 5), undefined, [], { move: 'go' }],
  ['first, with the target free', a('wait', 5), undefined, [a('wait', 6)], { move: 'go' }],
  ['next behind the holder', a('wait', 5), holder, [a('wait', 6)], { move: 'wait', place: 1 }],
  ['third', a('wait', 5), holder, [a('wait', 3), a('wait', 9), a('wait', 4)], { move: 'wait', place: 3 }],
  [
    'not first, with the target free',
    a('wait', 5),
    undefined,
    [a('wait', 4), a('wait', 3)],
    { move: 'wait', place: 2, behind: a('wait', 3) },
  ],
  [
    'the holder is listed still',
    a('wait', 5),
    holder,
    [a('wait', 0, 'shop-4.0.0')],
    { move: 'wait', place: 1 },
  ],
  ['of one moment, by name', a('wait', 5, 'b'), holder, [a('wait', 5, 'a')], { move: 'wait', place: 2 }],
  [
    'behind what supersedes, though earlier',
    a('wait', 5),
    holder,
    [a('supersede', 9)],
    { move: 'wait', place: 2 },
  ],
  ['behind a rollback, though earlier', a('wait', 5), holder, [a('rollback', 9)], { move: 'wait', place: 2 }],
  ['superseding', a('supersede', 5), holder, [a('wait', 3)], { move: 'stop' }],
  ['superseding a rollback', a('supersede', 5), rollback, [], { move: 'wait', place: 1 }],
  [
    'superseding beside a rollback',
    a('supersede', 5),
    holder,
    [a('rollback', 9)],
    { move: 'wait', place: 2 },
  ],
  [
    'superseding, but a newer one does, too',
    a('supersede', 5),
    holder,
    [a('supersede', 6)],
    { move: 'superseded', by: 'supersede-6' },
  ],
  ['superseding, newer than another one', a('supersede', 6), holder, [a('supersede', 5)], { move: 'stop' }],
  [
    'superseding, but a newer one has the target',
    a('supersede', 5),
    { release: 'newer', rank: 'supersede', askedAt: at(6) },
    [],
    { move: 'superseded', by: 'newer' },
  ],
  [
    'superseding what superseded before',
    a('supersede', 5),
    { release: 'older', rank: 'supersede', askedAt: at(4) },
    [],
    { move: 'stop' },
  ],
  ['a rollback', a('rollback', 5), holder, [a('wait', 3), a('supersede', 4)], { move: 'stop' }],
  ['a rollback while another one runs', a('rollback', 5), rollback, [], { move: 'refuse' }],
  ['a rollback behind another one', a('rollback', 5), holder, [a('rollback', 4)], { move: 'wait', place: 2 }],
] as const)('%s', (_what, self, held, others, move) => {
  expect(decideMove(self, held, [...others])).toEqual(move);
});

const waiting = fc
  .uniqueArray(
    fc.record({
      rank: fc.constantFrom<QueueRank>('rollback', 'supersede', 'wait'),
      minute: fc.integer({ min: 0, max: 5 }),
      name: fc.integer({ min: 0, max: 99 }),
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 8 },
  )
  .map((all) => all.map(({ rank, minute, name }) => a(rank, minute, `r-${name}`)));

test('of any that wait for a free target exactly one goes', () => {
  fc.assert(
    fc.property(waiting, (all) => {
      const moves = all.map((self) =>
        decideMove(
          self,
          undefined,
          all.filter((one) => one !== self),
        ),
      );
      expect(moves.filter(({ move }) => move === 'go')).toHaveLength(1);
    }),
  );
});

test('nobody waits for one that waits for him', () => {
  fc.assert(
    fc.property(waiting, (all) => {
      for (const self of all) {
        const move = decideMove(
          self,
          undefined,
          all.filter((one) => one !== self),
        );
        if (move.move !== 'wait' || move.behind === undefined) continue;
        const { behind } = move;
        expect(
          decideMove(
            behind,
            undefined,
            all.filter((one) => one !== behind),
          ),
        ).toEqual({ move: 'go' });
      }
    }),
  );
});
