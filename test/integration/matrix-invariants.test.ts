/** The matrix can fail: sequences of states in which a promise was broken, each found by its rule. */
import { expect, test } from '@jest/globals';
import { deployment, type MatrixCase } from '../support/matrix/case.ts';
import { cases } from '../support/matrix/cases.ts';
import { canary, green, violations, type ReleaseRecord } from '../support/matrix/invariants.ts';
import type { Moment } from '../support/matrix/moment.ts';

const oldImage = 'shop/server:4.0.0';
const newImage = 'shop/server:4.1.0';

interface Counts {
  readonly own?: number;
  readonly canary?: number;
  readonly green?: number;
}

interface Shown {
  /** Ready endpoints. */
  readonly serving: Counts;
  /** Replicas asked for; as many as serve when absent. */
  readonly asked?: Counts;
  /** When it differs from what serves. */
  readonly available?: number;
  readonly image?: string;
  readonly held?: boolean;
}

/** One state a second. */
function moments(...shown: readonly Shown[]): readonly Moment[] {
  return shown.map(({ serving, asked = serving, available, image = oldImage, held = true }, index) => {
    const names = [
      ...podsOf(deployment, serving.own),
      ...podsOf(canary, serving.canary),
      ...podsOf(green, serving.green),
    ];
    const each = { image, settled: true };
    return {
      at: index * 1_000,
      serving: names,
      available: names.slice(0, available ?? names.length),
      deployments: {
        [deployment]: { ...each, replicas: asked.own ?? 0 },
        [canary]: { ...each, image: newImage, replicas: asked.canary ?? 0 },
      },
      selector: {},
      held,
    };
  });
}

function podsOf(owner: string, count = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${owner}-5d8f-${index}`);
}

function aRecord(change: Partial<ReleaseRecord>): ReleaseRecord {
  return { moments: [], promised: 3, declared: 3, image: newImage, broken: {}, ...change };
}

const pairs = [
  [2, 1],
  [1, 2],
  [0, 3],
] as const;

const canaryMoments = [
  { serving: { own: 3 } },
  { serving: { own: 3, canary: 1 } },
  { serving: { own: 2, canary: 1 } },
  { serving: { own: 2, canary: 2 } },
  { serving: { own: 1, canary: 2 } },
  { serving: { own: 1, canary: 3 } },
  { serving: { canary: 3 } },
  { serving: { own: 3, canary: 3 }, image: newImage },
  { serving: { own: 3 }, image: newImage },
] as const satisfies readonly Shown[];

const greenMoments = [
  { serving: { own: 3 } },
  { serving: { own: 3, green: 3 } },
  { serving: { green: 3 } },
  { serving: { own: 3, green: 3 }, image: newImage },
  { serving: { own: 3 }, image: newImage },
] as const satisfies readonly Shown[];

const kept: readonly { readonly title: string; readonly record: ReleaseRecord }[] = [
  {
    title: 'a canary that surges before it drains',
    record: aRecord({ moments: moments(...canaryMoments), pairs, scaled: true }),
  },
  {
    title: 'a green that serves once it is tested',
    record: aRecord({ moments: moments(...greenMoments), testedAt: 500 }),
  },
  {
    title: 'a failing canary that leaves at once where a budget allows it',
    record: aRecord({
      moments: moments(...canaryMoments.slice(0, 3), { serving: { own: 2 } }, { serving: { own: 3 } }),
      declared: 2,
      troubleAt: 2_500,
    }),
  },
  {
    title: 'pods that were broken on purpose, and went when others served in their place',
    record: aRecord({
      moments: moments(
        ...canaryMoments.slice(0, 3),
        { serving: { own: 2 }, asked: { own: 2, canary: 1 } },
        { serving: { own: 3 } },
      ),
      broken: { [`${canary}-5d8f-0`]: 2_500 },
      troubleAt: 3_500,
    }),
  },
];

test.each(kept)('$title breaks no promise', ({ record }) => {
  expect(violations(record)).toEqual([]);
});

const broken: readonly {
  readonly title: string;
  readonly record: ReleaseRecord;
  readonly says: readonly RegExp[];
}[] = [
  {
    title: 'drains before it surges',
    record: aRecord({ moments: moments({ serving: { own: 3 } }, { serving: { own: 2 } }, canaryMoments[2]) }),
    says: [/1\.0 s: 2 pods serve, fewer than 3/, /2 pods are available/, /shop-server-5d8f-2 taken away/],
  },
  {
    title: 'leaves the Service without an endpoint for a moment',
    record: aRecord({
      moments: moments({ serving: { own: 1 } }, { serving: {} }, { serving: { own: 1 } }),
      promised: 1,
      declared: 1,
    }),
    says: [/0 pods serve, fewer than 1/, /0 pods are available/, /taken away/],
  },
  {
    title: 'has endpoints of which too few are ready pods',
    record: aRecord({ moments: moments({ serving: { own: 3 } }, { serving: { own: 3 }, available: 2 }) }),
    says: [/2 pods are available, fewer than 3/],
  },
  {
    title: 'uses a budget’s leave before anything has failed',
    record: aRecord({
      moments: moments(...canaryMoments.slice(0, 3), { serving: { own: 2 } }),
      declared: 2,
      troubleAt: 3_500,
    }),
    says: [/2 pods serve/, /2 pods are available/, /taken away/, /the canary fell from 1 to 0/],
  },
  {
    title: 'takes sound pods away while others are broken',
    record: aRecord({
      moments: moments(
        { serving: { own: 1, canary: 2 } },
        { serving: { own: 1, canary: 1 }, asked: { own: 1, canary: 2 } },
        { serving: { own: 1 } },
      ),
      broken: { [`${canary}-5d8f-1`]: 500 },
      troubleAt: 500,
    }),
    says: [/1 pods serve, fewer than 2/, /1 pods are available/, /shop-server-canary-5d8f-0 taken away/],
  },
  {
    title: 'counts pods as broken before they were',
    record: aRecord({
      moments: moments({ serving: { own: 3 } }, { serving: { own: 2 } }),
      broken: { [`${deployment}-5d8f-2`]: 1_500 },
    }),
    says: [/2 pods serve, fewer than 3/, /2 pods are available/, /taken away/],
  },
  {
    title: 'gives traffic to a green whose tests have not passed yet',
    record: aRecord({ moments: moments(...greenMoments), testedAt: 1_500 }),
    says: [/1\.0 s: green serves and its tests have not passed/],
  },
  {
    title: 'gives traffic to a green whose tests failed',
    record: aRecord({ moments: moments(...greenMoments) }),
    says: [/green serves and its tests have not passed/],
  },
  {
    title: 'takes canary pods back between two steps',
    record: aRecord({
      moments: moments(...canaryMoments.slice(0, 4), { serving: { own: 3, canary: 1 } }, canaryMoments[4]),
    }),
    says: [/the canary fell from 2 to 1/, /the canary rose again, to 2/],
  },
  {
    title: 'brings a failed canary back',
    record: aRecord({
      moments: moments(...canaryMoments.slice(0, 3), { serving: { own: 3 } }, canaryMoments[1]),
      troubleAt: 2_500,
    }),
    says: [/the canary rose again, to 1/],
  },
  {
    title: 'leaves a step out',
    record: aRecord({
      moments: moments(...canaryMoments.filter((_, index) => index !== 4)),
      pairs,
    }),
    says: [/the step of 1 \+ 2 pods was never reached/],
  },
  {
    title: 'goes past the step at which it failed',
    record: aRecord({ moments: moments(...canaryMoments.slice(0, 5)), pairs: [[2, 1]] }),
    says: [/the canary had 2 pods, and no step has more than 1/],
  },
  {
    title: 'lets an autoscaler move the pods under it',
    record: aRecord({
      moments: moments(...canaryMoments.map((each) => ({ ...each, held: false }))),
      scaled: true,
    }),
    says: [/1\.0 s: a second Deployment serves, and the autoscaler is not held/],
  },
];

test.each(broken)('a release that $title is found out', ({ record, says }) => {
  const found = violations(record);
  expect(found).toHaveLength(says.length);
  for (const [index, pattern] of says.entries()) expect(found[index]).toMatch(pattern);
});

const values: Readonly<Record<string, (one: MatrixCase) => readonly string[]>> = {
  replicas: ({ replicas }) => [String(replicas)],
  owner: ({ owner }) => [owner],
  selector: ({ selector }) => [selector],
  guard: ({ guard }) => [guard],
  outcome: ({ outcome }) => [outcome],
  behaviour: ({ behaviour }) => (behaviour === undefined ? ['good'] : [behaviour]),
  disturbance: ({ disturbance }) => (disturbance === undefined ? [] : [disturbance.kind]),
};

const wanted: readonly (readonly [dimension: string, ...values: readonly string[]])[] = [
  ['replicas', '1', '3', '10', '37'],
  ['owner', 'helm', 'raw'],
  ['selector', 'name', 'name and component', 'name and instance'],
  ['guard', 'none', 'hpa', 'keda', 'pdb'],
  ['outcome', 'released', 'rolledBack', 'failed'],
  ['behaviour', 'good', '-crash', '-unhealthy'],
  ['disturbance', 'scaled', 'image', 'labels', 'selector'],
];

const pairings = (['standard', 'canary', 'blueGreen'] as const).flatMap((strategy) =>
  wanted.flatMap(([dimension, ...each]) => each.map((value) => ({ strategy, dimension, value }))),
);

test.each(pairings)('the matrix has $strategy with $dimension: $value', ({ strategy, dimension, value }) => {
  const found = cases.filter((one) => one.strategy === strategy && values[dimension]?.(one).includes(value));
  expect(found).not.toEqual([]);
});

test('the matrix has pods and metrics that turn bad under a canary and under a green', () => {
  for (const strategy of ['canary', 'blueGreen']) {
    for (const kind of ['pods', 'metrics']) {
      expect(cases.some((one) => one.strategy === strategy && one.disturbance?.kind === kind)).toBe(true);
    }
  }
});
