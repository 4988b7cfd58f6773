import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { leavesAtOnce, surge, surgeNeeded, withdraw, type SurgePhase } from '../../src/domain/surge.ts';
import type { ReplicaPair } from '../../src/domain/track.ts';
import { podsOf, replicaPair } from '../../src/domain/weights.ts';

describe('the phases', () => {
  test('of a step up are: canary up, wait, stable down, wait', () => {
    expect(surge({ stable: 9, canary: 1 }, { stable: 7, canary: 3 })).toEqual([
      { kind: 'scale', side: 'canary', to: 3 },
      { kind: 'await', ready: { stable: 9, canary: 3 } },
      { kind: 'scale', side: 'stable', to: 7 },
      { kind: 'await', ready: { stable: 7, canary: 3 } },
    ]);
  });

  test('of the way back are the same with the sides exchanged', () => {
    expect(surge({ stable: 0, canary: 10 }, { stable: 10, canary: 0 })).toEqual([
      { kind: 'scale', side: 'stable', to: 10 },
      { kind: 'await', ready: { stable: 10, canary: 10 } },
      { kind: 'scale', side: 'canary', to: 0 },
      { kind: 'await', ready: { stable: 10, canary: 0 } },
    ]);
  });

  test('are none between equal pairs, and only those that are needed', () => {
    expect(surge({ stable: 2, canary: 1 }, { stable: 2, canary: 1 })).toEqual([]);
    expect(surge({ stable: 1, canary: 0 }, { stable: 1, canary: 1 })).toEqual([
      { kind: 'scale', side: 'canary', to: 1 },
      { kind: 'await', ready: { stable: 1, canary: 1 } },
    ]);
  });

  test('come in rounds where the quota has room for one pod more', () => {
    const scalings = surge({ stable: 3, canary: 0 }, { stable: 1, canary: 2 }, 1).filter(
      (phase) => phase.kind === 'scale',
    );
    expect(scalings.map(({ side, to }) => `${side} ${to}`)).toEqual([
      'canary 1',
      'stable 2',
      'canary 2',
      'stable 1',
    ]);
  });
});

describe('a failing canary', () => {
  test.each<[string, ReplicaPair, number, string[]]>([
    [
      'leaves at once when stable still meets the declared minimum',
      { stable: 7, canary: 3 },
      7,
      ['canary 0', 'stable 10', 'await 10+0'],
    ],
    [
      'leaves once stable is scaled up when nothing less is declared',
      { stable: 9, canary: 1 },
      10,
      ['stable 10', 'await 10+any', 'canary 0', 'await 10+0'],
    ],
    [
      'leaves last when it serves alone, whatever is declared',
      { stable: 0, canary: 10 },
      0,
      ['stable 10', 'await 10+any', 'canary 0', 'await 10+0'],
    ],
    ['leaves at once when it never took a place', { stable: 10, canary: 1 }, 10, ['canary 0', 'await 10+0']],
  ])('%s', (_title, now, minimum, phases) => {
    expect(withdraw(now, { replicas: 10, minimum }).map(words)).toEqual(phases);
  });

  function words(phase: SurgePhase): string {
    if (phase.kind === 'scale') return `${phase.side} ${phase.to}`;
    return `await ${phase.ready.stable ?? 'any'}+${phase.ready.canary ?? 'any'}`;
  }
});

test.each([
  [[10, 0, 9, 1, 7, 3], 2],
  [[10, 0, 0, 10, 10, 0], 10],
  [[1, 0, 1, 1, 0, 1, 1, 0], 1],
  [[3, 0], 0],
])('over the pairs %j there are at most %i pods beyond the replicas', (flat, expected) => {
  const pairs = flat.flatMap((stable, index) =>
    index % 2 === 0 ? [{ stable, canary: flat[index + 1] ?? 0 }] : [],
  );
  expect(surgeNeeded(pairs, flat[0] ?? 0)).toBe(expected);
});

/** Pods of one side: ready, and on their way with the moments left until they are. */
interface Pods {
  ready: number;
  starting: number[];
}
interface Run {
  readonly lowest: number;
  readonly most: number;
  readonly end: ReplicaPair;
}

/**
 * Runs the phases where each pod takes its own time; the worst pods go first: the ready ones.
 * `stuck` pods of the canary are there besides and never become ready.
 */
function simulate(
  from: ReplicaPair,
  phases: readonly SurgePhase[],
  delays: readonly number[],
  stuck = 0,
): Run {
  const sides = {
    stable: { ready: from.stable, starting: [] } as Pods,
    canary: { ready: from.canary, starting: Array<number>(stuck).fill(Infinity) } as Pods,
  };
  let drawn = 0;
  let lowest = podsOf(from);
  let most = podsOf(from);
  const look = () => {
    lowest = Math.min(lowest, sides.stable.ready + sides.canary.ready);
    const all = Object.values(sides).map(({ ready, starting }) => ready + starting.length);
    most = Math.max(most, (all[0] ?? 0) + (all[1] ?? 0));
  };
  const pass = () => {
    for (const side of Object.values(sides)) {
      side.starting = side.starting.map((left) => left - 1);
      side.ready += side.starting.filter((left) => left <= 0).length;
      side.starting = side.starting.filter((left) => left > 0);
    }
    look();
  };
  for (const phase of phases) {
    if (phase.kind === 'await') {
      const { ready } = phase;
      const met = () =>
        (['stable', 'canary'] as const).every(
          (side) => ready[side] === undefined || sides[side].ready === ready[side],
        );
      for (let waited = 0; !met(); waited += 1) {
        if (waited > 1_000) throw new Error(`never: ${JSON.stringify(phase)} of ${JSON.stringify(sides)}`);
        pass();
      }
      continue;
    }
    const side = sides[phase.side];
    while (side.ready + side.starting.length > phase.to) {
      if (side.ready > 0) side.ready -= 1;
      else side.starting.pop();
    }
    while (side.ready + side.starting.length < phase.to) {
      side.starting.push(delays[drawn % delays.length] ?? 1);
      drawn += 1;
    }
    look();
    if (drawn % 2 === 1) pass();
  }
  return { lowest, most, end: { stable: sides.stable.ready, canary: sides.canary.ready } };
}

const delays = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
const replicas = fc.integer({ min: 1, max: 60 });
const weight = fc.integer({ min: 0, max: 100 });
const room = fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 20 }));

test('whatever time pods take, fewer never serve than promised, in any direction, and the quota is kept', () => {
  fc.assert(
    fc.property(replicas, weight, weight, delays, room, (r, before, after, times, extra) => {
      const from = replicaPair(before, r);
      const to = replicaPair(after, r);
      const run = simulate(from, surge(from, to, extra), times);
      expect(run.lowest).toBeGreaterThanOrEqual(r);
      expect(run.most).toBeLessThanOrEqual(Math.max(podsOf(from), podsOf(to)) + extra);
      expect(run.end).toEqual(to);
    }),
  );
});

test('a canary that fails at any step leaves at least the declared minimum serving', () => {
  fc.assert(
    fc.property(replicas, weight, replicas, delays, (r, w, declared, times) => {
      const now = replicaPair(w, r);
      const goal = { replicas: r, minimum: Math.min(declared, r) };
      const run = simulate(now, withdraw(now, goal), times);
      expect(run.lowest).toBeGreaterThanOrEqual(leavesAtOnce(now, goal) ? Math.max(1, goal.minimum) : r);
      expect(run.end).toEqual({ stable: r, canary: 0 });
    }),
  );
});

test('a canary that has pods which never become ready leaves too', () => {
  fc.assert(
    fc.property(replicas, weight, fc.integer({ min: 1, max: 9 }), delays, (r, w, stuck, times) => {
      const serving = replicaPair(w, r);
      const now = { ...serving, canary: serving.canary + stuck };
      const run = simulate(serving, withdraw(now, { replicas: r, minimum: r }), times, stuck);
      expect(run.lowest).toBeGreaterThanOrEqual(r);
      expect(run.end).toEqual({ stable: r, canary: 0 });
    }),
  );
});
