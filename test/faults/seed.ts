/** Chance that can be had again: FAIRWAY_FAULTS_SEED. */

/** Without all the faults, the same few each time: who breaks something else shall not fail here by chance. */
const fixedSeed = 1;

/** FAIRWAY_FAULTS=all: every fault there is, instead of a sample. */
export const allFaults = process.env['FAIRWAY_FAULTS'] === 'all';

export const seed = readSeed();

export interface Chance {
  /** From 0 to below `limit`. */
  readonly below: (limit: number) => number;
  readonly shuffled: <T>(items: readonly T[]) => T[];
}

/** Each name has a sequence of its own, so that one more draw here changes nothing there. */
export function chance(name: string): Chance {
  let state = [...name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16_777_619), seed);
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    shuffled: (items) =>
      items
        .map((item) => ({ item, place: next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ item }) => item),
  };
}

function readSeed(): number {
  const given = process.env['FAIRWAY_FAULTS_SEED'];
  const drawn = allFaults ? Math.floor(Math.random() * 2 ** 31) : fixedSeed;
  const value = given === undefined ? drawn : Number(given);
  if (!Number.isInteger(value)) throw new Error(`FAIRWAY_FAULTS_SEED must be a whole number, got ${given}.`);
  return value;
}
