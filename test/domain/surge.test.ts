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

  test('begin with a wait where an earlier try has scaled up already', () => {
    expect(surge({ stable: 10, canary: 10 }, { stable: 10, canary: 0 })).toEqual([
      { kind: 'await', ready: { stable: 10, canary: 10 } },
      { kind: 'scale', side: 'canary', to: 0 },
      { kind: 'await', ready: { stable: 10, canary: 0 } },
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
  interface Case {
    readonly now: ReplicaPair;
    /** Ready pods of stable; all of them when absent. */
    readonly ready?: number;
    /** Ready pods of the canary; all of them when absent. */
    readonly serving?: number;
    readonly minimum?: number;
    readonly room?: number;
  }
  test.each<[string, Case, string[]]>([
    [
      'leaves at once when stable still meets the declared minimum',
      { now: { stable: 7, canary: 3 }, minimum: 7 },
      ['canary 0', 'stable 10', 'await 10+0'],
    ],
    [
      'leaves once stable is scaled up when nothing less is declared',
      { now: { stable: 9, canary: 1 } },
      ['stable 10', 'await 10+any', 'canary 0', 'await 10+0'],
    ],
    [
      'leaves last when it serves alone, whatever is declared',
      { now: { stable: 0, canary: 10 }, minimum: 0 },
      ['stable 10', 'await 10+any', 'canary 0', 'await 10+0'],
    ],
    [
      'leaves at once when it never took a place',
      { now: { stable: 10, canary: 1 } },
      ['canary 0', 'await 10+0'],
    ],
    [
      'waits for pods of stable that an earlier try has only asked for',
      { now: { stable: 10, canary: 10 }, ready: 0, minimum: 7 },
      ['await 10+any', 'canary 0', 'await 10+0'],
    ],
    [
      'makes room in rounds where the quota is tight',
      { now: { stable: 6, canary: 4 }, room: 2 },
      [
        ...['stable 8', 'await 8+any', 'canary 2', 'stable 10', 'await 10+any'],
        ...['canary 0', 'await 10+0'],
      ],
    ],
    [
      'makes room first where there is none, once what stable has is ready',
      { now: { stable: 8, canary: 4 }, ready: 6, room: 2 },
      ['await 8+any', 'canary 2', 'stable 10', 'await 10+any', 'canary 0', 'await 10+0'],
    ],
    [
      'gives back first what of it serves nobody',
      { now: { stable: 9, canary: 3 }, serving: 1 },
      ['canary 1', 'stable 10', 'await 10+any', 'canary 0', 'await 10+0'],
    ],
    [
      'makes way one by one where nodes have no room at all',
      { now: { stable: 8, canary: 2 }, room: 0 },
      [
        ...['await 8+any', 'canary 1', 'stable 9', 'await 9+any', 'canary 0', 'stable 10', 'await 10+any'],
        ...['canary 0', 'await 10+0'],
      ],
    ],
  ])('%s', (_title, { now, ready, serving, minimum = 10, room = Infinity }, phases) => {
    const seen = { stable: ready ?? now.stable, canary: serving ?? now.canary };
    expect(withdraw(now, { replicas: 10, minimum }, { ready: seen, room }).map(words)).toEqual(phases);
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
 * Runs the phases where each pod takes its own time; the worst pods go first: the ready ones. Of what
 * there is at first, `starting` pods are on their way, and `stuck` pods of the canary never become ready.
 */
function simulate(
  from: ReplicaPair,
  phases: readonly SurgePhase[],
  delays: readonly number[],
  { starting = { stable: 0, canary: 0 }, stuck = 0 } = {},
): Run {
  let drawn = 0;
  const newPods = (count: number): number[] =>
    Array.from({ length: Math.max(0, count) }, () => delays[drawn++ % delays.length] ?? 1);
  const sides: Record<keyof ReplicaPair, Pods> = {
    stable: { ready: from.stable - starting.stable, starting: newPods(starting.stable) },
    canary: {
      ready: from.canary - starting.canary - stuck,
      starting: [...newPods(starting.canary), ...Array<number>(stuck).fill(Infinity)],
    },
  };
  const serving = () => sides.stable.ready + sides.canary.ready;
  let lowest = serving();
  let most = podsOf(from);
  const look = () => {
    lowest = Math.min(lowest, serving());
    most = Math.max(most, serving() + sides.stable.starting.length + sides.canary.starting.length);
  };
  const pass = () => {
    for (const side of Object.values(sides)) {
      side.starting = side.starting.map((left) => left - 1);
      side.ready += side.starting.filter((left) => left <= 0).length;
      side.starting = side.starting.filter((left) => left > 0);
    }
    look();
  };
  const meets = (ready: Partial<ReplicaPair>) =>
    (['stable', 'canary'] as const).every(
      (side) => ready[side] === undefined || sides[side].ready === ready[side],
    );
  for (const phase of phases) {
    if (phase.kind === 'await') {
      for (let waited = 0; !meets(phase.ready); waited += 1) {
        if (waited > 1_000) throw new Error(`never: ${JSON.stringify(phase)} of ${JSON.stringify(sides)}`);
        pass();
      }
      continue;
    }
    const side = sides[phase.side];
    while (side.ready + side.starting.length > phase.to) {
      // Controllers take those first of which they have long seen that they are not ready.
      const never = side.starting.indexOf(Infinity);
      if (never >= 0) side.starting.splice(never, 1);
      else if (side.ready > 0) side.ready -= 1;
      else side.starting.pop();
    }
    side.starting.push(...newPods(phase.to - side.ready - side.starting.length));
    look();
    if (drawn % 2 === 1) pass();
  }
  return { lowest, most, end: { stable: sides.stable.ready, canary: sides.canary.ready } };
}

const delays = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
const replicas = fc.integer({ min: 1, max: 60 });
const weight = fc.integer({ min: 0, max: 100 });
const room = fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 20 }));
const part = fc.double({ min: 0, max: 1, noNaN: true });

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

test('from the middle of an earlier try nothing is drained that still carries the load', () => {
  fc.assert(
    fc.property(replicas, weight, weight, part, part, delays, (r, before, after, one, other, times) => {
      const from = replicaPair(before, r);
      const to = replicaPair(after, r);
      const grown = {
        stable: Math.max(from.stable, to.stable),
        canary: Math.max(from.canary, to.canary),
      };
      // What the earlier try asked for is there in part; what was there before is ready.
      const starting = {
        stable: Math.round(one * (grown.stable - from.stable)),
        canary: Math.round(other * (grown.canary - from.canary)),
      };
      // Where nothing has to move there is no phase: whoever takes them proves the end.
      const phases: SurgePhase[] = [...surge(grown, to), { kind: 'await', ready: to }];
      const run = simulate(grown, phases, times, { starting });
      expect(run.lowest).toBeGreaterThanOrEqual(r);
      expect(run.end).toEqual(to);
    }),
  );
});

test('a canary that fails at any step, in any try, leaves at least the declared minimum serving', () => {
  fc.assert(
    fc.property(replicas, weight, replicas, part, delays, room, (r, w, declared, asked, times, extra) => {
      const before = replicaPair(w, r);
      const coming = Math.min(Math.round(asked * (r - before.stable)), r + extra - podsOf(before));
      const now = { ...before, stable: before.stable + coming };
      const goal = { replicas: r, minimum: Math.min(declared, r) };
      const phases = withdraw(now, goal, { ready: before, room: extra });
      const run = simulate(now, phases, times, { starting: { stable: coming, canary: 0 } });
      const least = leavesAtOnce(before.stable, goal) ? Math.max(1, goal.minimum) : r;
      expect(run.lowest).toBeGreaterThanOrEqual(least);
      expect(run.most).toBeLessThanOrEqual(r + extra);
      expect(run.end).toEqual({ stable: r, canary: 0 });
    }),
  );
});

test('a canary that has pods which never become ready leaves too', () => {
  fc.assert(
    fc.property(replicas, weight, fc.integer({ min: 1, max: 9 }), delays, (r, w, stuck, times) => {
      const serving = replicaPair(w, r);
      const now = { ...serving, canary: serving.canary + stuck };
      const phases = withdraw(now, { replicas: r, minimum: r }, { ready: serving });
      const run = simulate(now, phases, times, { stuck });
      expect(run.lowest).toBeGreaterThanOrEqual(r);
      expect(run.end).toEqual({ stable: r, canary: 0 });
    }),
  );
});
