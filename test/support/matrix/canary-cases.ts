/** The cases of canaries. */
import { crashing, type MatrixCase } from './case.ts';
import {
  metricsTurnBad,
  podsCrash,
  someoneAddsLabels,
  someoneEditsTheSelector,
  someoneScales,
  someoneSetsTheImage,
} from './disturbances.ts';
import { canary } from './invariants.ts';

const strategy = 'canary';
const pairs3 = [
  [2, 1],
  [1, 2],
  [0, 3],
] as const;
const pairs10 = [
  [9, 1],
  [5, 5],
  [0, 10],
] as const;

const quick = (weight: number) => ({ weight, bake: '2s' });
const unwatched = (weight: number) => ({ weight, bake: 0 });
/** Long enough for a person to act. */
const aWhile = (weight: number) => ({ weight, bake: '30s' });
/** Looked at again after 15 seconds. */
const watched = (weight: number) => ({ weight, bake: '40s' });
const steps10 = { steps: [quick(10), quick(50), quick(100)] };

export const canaryCases: readonly MatrixCase[] = [
  {
    ...{ name: 'canary-bad-after-100', strategy, replicas: 3, owner: 'raw', guard: 'keda' },
    ...{ selector: 'name', outcome: 'rolledBack', pairs: pairs3 },
    options: { steps: [quick(34), quick(67), watched(100)] },
    disturbance: podsCrash({ bake: 3 }, canary),
    says: crashing,
  },
  {
    ...{ name: 'canary-bad-at-2', strategy, replicas: 10, owner: 'raw', guard: 'pdb' },
    ...{ selector: 'name and instance', outcome: 'rolledBack', pairs: pairs10.slice(0, 2) },
    options: { steps: [quick(10), watched(50), quick(100)] },
    disturbance: podsCrash({ bake: 2 }, canary),
    says: crashing,
  },
  {
    ...{ name: 'canary-bad-at-1', strategy, replicas: 3, owner: 'helm', guard: 'hpa' },
    ...{ selector: 'name and component', outcome: 'rolledBack', pairs: pairs3.slice(0, 1) },
    options: { steps: [watched(34), quick(67), quick(100)] },
    disturbance: podsCrash({ bake: 1 }, canary),
    says: crashing,
  },
  {
    ...{ name: 'canary-metrics-at-2', strategy, replicas: 3, owner: 'helm', guard: 'none' },
    ...{ selector: 'name', outcome: 'rolledBack', pairs: pairs3.slice(0, 2) },
    options: { steps: [quick(34), watched(67), quick(100)] },
    disturbance: metricsTurnBad({ bake: 2 }),
    says: /errors 200\/400/,
  },
  {
    ...{ name: 'canary-bad-single', strategy, replicas: 1, owner: 'raw', guard: 'none' },
    ...{ selector: 'name and component', outcome: 'rolledBack', pairs: [[1, 1]] },
    options: { steps: [watched(50), quick(100)] },
    disturbance: podsCrash({ bake: 1 }, canary),
    says: crashing,
  },
  {
    ...{ name: 'canary-unhealthy', strategy, replicas: 3, owner: 'helm', guard: 'hpa' },
    ...{ selector: 'name and instance', behaviour: '-unhealthy', outcome: 'rolledBack', pairs: pairs3 },
    // Nobody looks before the end.
    options: { steps: [unwatched(34), unwatched(67), unwatched(100)] },
    says: /verification of .*health endpoint/,
  },
  {
    ...{ name: 'canary-unhealthy-at-1', strategy, replicas: 10, owner: 'raw', guard: 'pdb' },
    ...{ selector: 'name', behaviour: '-unhealthy', outcome: 'rolledBack', pairs: pairs10.slice(0, 1) },
    options: { steps: [watched(10), quick(50), quick(100)] },
    says: /analysis of .*health endpoint/,
  },
  {
    ...{ name: 'canary-crash', strategy, replicas: 10, owner: 'raw', guard: 'hpa' },
    ...{ selector: 'name', behaviour: '-crash', outcome: 'rolledBack' },
    options: steps10,
    says: /crash-loop-back-off/,
  },
  {
    ...{ name: 'canary-good-37', strategy, replicas: 37, owner: 'raw', guard: 'none' },
    ...{ selector: 'name and component', outcome: 'released' },
    options: { steps: [10, 50, 100].map((weight) => ({ weight, bake: 0 })) },
    pairs: [
      [33, 4],
      [19, 18],
      [0, 37],
    ],
  },
  {
    ...{ name: 'canary-good-hpa', strategy, replicas: 10, owner: 'helm', guard: 'hpa' },
    ...{ selector: 'name and instance', outcome: 'released', pairs: pairs10 },
    options: steps10,
  },
  {
    ...{ name: 'canary-good-single', strategy, replicas: 1, owner: 'raw', guard: 'keda' },
    ...{ selector: 'name', outcome: 'released' },
    options: { steps: [quick(50), quick(100)] },
    pairs: [
      [1, 1],
      [0, 1],
    ],
  },
  {
    ...{ name: 'canary-scaled', strategy, replicas: 3, owner: 'raw', guard: 'none' },
    ...{ selector: 'name and instance', outcome: 'rolledBack', pairs: pairs3.slice(0, 1) },
    options: { steps: [aWhile(34), quick(67), quick(100)] },
    disturbance: someoneScales({ bake: 1 }, 5),
    says: /scaled from 2 to 5 during the release, by kubectl-edit[^]*left as it is now/,
  },
  {
    ...{ name: 'canary-image-set', strategy, replicas: 3, owner: 'raw', guard: 'keda' },
    ...{ selector: 'name and component', outcome: 'failed' },
    options: { steps: [aWhile(34), quick(67), quick(100)] },
    disturbance: someoneSetsTheImage({ bake: 1 }),
    says: /3\.9\.9, which this release did not set; it was left alone/,
  },
  {
    ...{ name: 'canary-image-at-100', strategy, replicas: 3, owner: 'helm', guard: 'none' },
    ...{ selector: 'name and instance', outcome: 'failed' },
    options: { steps: [quick(34), quick(67), aWhile(100)] },
    disturbance: someoneSetsTheImage({ bake: 3 }),
    says: /3\.9\.9/,
  },
  {
    ...{ name: 'canary-labelled', strategy, replicas: 3, owner: 'helm', guard: 'pdb' },
    ...{ selector: 'name', outcome: 'released', pairs: pairs3 },
    options: { steps: [aWhile(34), quick(67), quick(100)] },
    disturbance: someoneAddsLabels({ bake: 1 }),
  },
  {
    ...{ name: 'canary-selector', strategy, replicas: 3, owner: 'raw', guard: 'hpa' },
    ...{ selector: 'name and instance', outcome: 'released', pairs: pairs3 },
    options: { steps: [aWhile(34), quick(67), quick(100)] },
    disturbance: someoneEditsTheSelector({ bake: 1 }),
  },
];
