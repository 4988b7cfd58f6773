/** The cases of blue/green deployments. */
import { crashing, type MatrixCase } from './case.ts';
import {
  greenStarts,
  metricsTurnBad,
  podsCrash,
  someoneAddsLabels,
  someoneEditsTheSelector,
  someoneRestarts,
  someoneScales,
  someoneSetsTheImage,
} from './disturbances.ts';
import { green } from './invariants.ts';

const strategy = 'blueGreen';
const options = { monitor: '3s', keep: '30s' };
const watchedLong = { monitor: '40s', keep: '30s' };
/** Long enough for a person to act. */
const aWhile = { monitor: '30s', keep: '30s' };

export const blueGreenCases: readonly MatrixCase[] = [
  {
    ...{ name: 'bg-good-37', strategy, replicas: 37, owner: 'raw', guard: 'pdb' },
    ...{ selector: 'name and component', outcome: 'released', options: { monitor: 0, keep: '30s' } },
  },
  {
    ...{ name: 'bg-good-hpa', strategy, replicas: 10, owner: 'helm', guard: 'hpa' },
    ...{ selector: 'name', outcome: 'released', options },
  },
  {
    ...{ name: 'bg-good-single', strategy, replicas: 1, owner: 'raw', guard: 'keda' },
    ...{ selector: 'name and instance', outcome: 'released', options },
  },
  {
    ...{ name: 'bg-scaled', strategy, replicas: 3, owner: 'raw', guard: 'none' },
    ...{ selector: 'name and component', outcome: 'released', options: aWhile },
    disturbance: someoneScales({ bake: 1 }, 5),
    says: /scaled from 3 to 5 during the release, and left as it is now/,
  },
  {
    ...{ name: 'bg-image-set', strategy, replicas: 3, owner: 'raw', guard: 'hpa' },
    ...{ selector: 'name and instance', outcome: 'failed', options: aWhile },
    disturbance: someoneSetsTheImage({ bake: 1 }),
    says: /3\.9\.9/,
  },
  {
    ...{ name: 'bg-labelled', strategy, replicas: 3, owner: 'helm', guard: 'none' },
    ...{ selector: 'name', outcome: 'released', options: aWhile },
    disturbance: someoneAddsLabels(greenStarts),
  },
  {
    ...{ name: 'bg-restarted', strategy, replicas: 3, owner: 'raw', guard: 'none' },
    ...{ selector: 'name', outcome: 'released', options: aWhile },
    disturbance: someoneRestarts(greenStarts),
  },
  {
    ...{ name: 'bg-restarted-unhealthy', strategy, replicas: 3, owner: 'helm', guard: 'hpa' },
    ...{ selector: 'name and component', behaviour: '-unhealthy', outcome: 'rolledBack', options },
    disturbance: someoneRestarts(greenStarts),
  },
  {
    ...{ name: 'bg-image-set-early', strategy, replicas: 3, owner: 'raw', guard: 'pdb' },
    ...{ selector: 'name', behaviour: '-unhealthy', outcome: 'failed', options },
    disturbance: someoneSetsTheImage(greenStarts),
    says: /3\.9\.9/,
  },
  {
    ...{ name: 'bg-selector-late', strategy, replicas: 3, owner: 'helm', guard: 'none' },
    ...{ selector: 'name and instance', outcome: 'rolledBack', options: aWhile },
    disturbance: someoneEditsTheSelector({ bake: 1 }),
    says: /somebody changed it meanwhile, and that stays/,
  },
  {
    ...{ name: 'bg-selector-early', strategy, replicas: 3, owner: 'raw', guard: 'keda' },
    ...{ selector: 'name', outcome: 'rolledBack', options: aWhile },
    disturbance: someoneEditsTheSelector(greenStarts),
    says: /somebody changed it meanwhile, and that stays/,
  },
  {
    ...{ name: 'bg-crash-after-switch', strategy, replicas: 3, owner: 'helm', guard: 'hpa' },
    ...{ selector: 'name and component', outcome: 'rolledBack', options: watchedLong },
    disturbance: podsCrash({ bake: 1 }, green),
    says: crashing,
  },
  {
    ...{ name: 'bg-all-crash-after-switch', strategy, replicas: 3, owner: 'raw', guard: 'keda' },
    ...{ selector: 'name', outcome: 'rolledBack', options: watchedLong },
    disturbance: podsCrash({ bake: 1 }, green, 1),
    says: crashing,
  },
  {
    ...{ name: 'bg-metrics', strategy, replicas: 3, owner: 'raw', guard: 'none' },
    ...{ selector: 'name and component', outcome: 'rolledBack', options: watchedLong },
    disturbance: metricsTurnBad({ bake: 1 }),
    says: /errors 200\/400/,
  },
  {
    ...{ name: 'bg-never-starts', strategy, replicas: 10, owner: 'raw', guard: 'pdb' },
    ...{ selector: 'name and instance', behaviour: '-crash', outcome: 'rolledBack', options },
    says: /crash-loop-back-off/,
  },
  {
    ...{ name: 'bg-unhealthy', strategy, replicas: 3, owner: 'helm', guard: 'hpa' },
    ...{ selector: 'name and instance', behaviour: '-unhealthy', outcome: 'rolledBack', options },
    says: /health endpoint/,
  },
];
