/** The cases of standard deployments. */
import type { MatrixCase } from './case.ts';
import {
  rollsOut,
  someoneAddsLabels,
  someoneEditsTheSelector,
  someoneScales,
  someoneSetsTheImage,
} from './disturbances.ts';

const strategy = 'standard';

export const standardCases: readonly MatrixCase[] = [
  {
    ...{ name: 'standard-good-hpa', strategy, replicas: 3, owner: 'helm', selector: 'name', guard: 'hpa' },
    outcome: 'released',
  },
  {
    ...{ name: 'standard-good-keda', strategy, replicas: 1, owner: 'raw', guard: 'keda' },
    selector: 'name and component',
    outcome: 'released',
  },
  {
    ...{ name: 'standard-good-37', strategy, replicas: 37, owner: 'raw', guard: 'none' },
    selector: 'name and instance',
    outcome: 'released',
  },
  {
    ...{ name: 'standard-crash-pdb', strategy, replicas: 10, owner: 'raw', guard: 'pdb' },
    ...{ selector: 'name', behaviour: '-crash', outcome: 'rolledBack' },
    says: /crash-loop-back-off/,
  },
  {
    ...{ name: 'standard-unhealthy', strategy, replicas: 3, owner: 'helm', guard: 'none' },
    ...{ selector: 'name and instance', behaviour: '-unhealthy', outcome: 'rolledBack' },
    says: /health endpoint/,
  },
  {
    ...{ name: 'standard-scaled', strategy, replicas: 3, owner: 'raw', guard: 'none' },
    ...{ selector: 'name', behaviour: '-slow-start', outcome: 'released' },
    disturbance: someoneScales(rollsOut, 5),
  },
  {
    ...{ name: 'standard-image-set', strategy, replicas: 3, owner: 'helm', guard: 'none' },
    ...{ selector: 'name and component', behaviour: '-slow-start', outcome: 'failed' },
    disturbance: someoneSetsTheImage(rollsOut, 'released'),
    says: /shop\/server:3\.9\.9, which this release did not set; it was left alone/,
  },
  {
    ...{ name: 'standard-labelled', strategy, replicas: 3, owner: 'helm', guard: 'pdb' },
    ...{ selector: 'name and instance', behaviour: '-unhealthy', outcome: 'rolledBack' },
    disturbance: someoneAddsLabels(rollsOut),
  },
  {
    ...{ name: 'standard-selector', strategy, replicas: 3, owner: 'raw', guard: 'hpa' },
    ...{ selector: 'name', behaviour: '-unhealthy', outcome: 'rolledBack' },
    disturbance: someoneEditsTheSelector(rollsOut),
  },
];
