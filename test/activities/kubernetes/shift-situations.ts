/** Short stories of a canary, drawn at random: how far it goes, where it is interrupted, what breaks. */
import fc from 'fast-check';

export interface Situation {
  readonly replicas: number;
  /** Rising, in percent. */
  readonly weights: readonly number[];
  /** For each step and, last, for the way back: changes in the cluster after which it is cancelled. */
  readonly interruptions: readonly number[];
  /** A ready canary pod turns unready after the step of this index; absent: none does. */
  readonly breaksAfter?: number;
  /** Pods that a quota leaves beyond the replicas. */
  readonly room?: number;
  /** Declared minimum: what a failing canary may leave serving. */
  readonly minimum: number;
  readonly autoscaler: boolean;
}

const maxSteps = 2;
/** Beyond what a step changes: it is not interrupted. */
const maxChanges = 9;

const situation = fc
  .record({
    replicas: fc.integer({ min: 1, max: 4 }),
    weights: fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: maxSteps }),
    interruptions: fc.array(fc.integer({ min: 0, max: maxChanges }), {
      minLength: maxSteps + 1,
      maxLength: maxSteps + 1,
    }),
    breaksAfter: fc.option(fc.integer({ min: 0, max: maxSteps - 1 }), { nil: undefined }),
    room: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
    minimum: fc.integer({ min: 1, max: 4 }),
    autoscaler: fc.boolean(),
  })
  .map(({ breaksAfter, room, ...rest }): Situation => {
    const weights = rest.weights.sort((a, b) => a - b);
    return {
      ...rest,
      weights,
      ...(breaksAfter === undefined || breaksAfter >= weights.length ? {} : { breaksAfter }),
      ...(room === undefined ? {} : { room }),
    };
  });

export function situations(seed: number, runs: number): readonly Situation[] {
  return fc.sample(situation, { seed, numRuns: runs });
}
