/** Every value of every dimension meets every strategy; what belongs together meets in one case. */
import { blueGreenCases } from './blue-green-cases.ts';
import { canaryCases } from './canary-cases.ts';
import type { MatrixCase } from './case.ts';
import { standardCases } from './standard-cases.ts';

export const cases: readonly MatrixCase[] = [...blueGreenCases, ...canaryCases, ...standardCases];
