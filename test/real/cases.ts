/** What is released under load, one after another. A row more is a test more. */
import type { Outcome } from '../../src/domain/status.ts';

export interface Case {
  /** Workflow type. */
  readonly strategy: string;
  readonly version: string;
  readonly outcome: Outcome;
  /** Whether the new version gets to answer requests at all. The old one does in any case. */
  readonly isServed: boolean;
  /** More of the request. */
  readonly request?: Readonly<Record<string, unknown>>;
}

export const firstVersion = '4.0.0';

export const cases: readonly Case[] = [
  { strategy: 'standardDeployment', version: '4.1.0', outcome: 'released', isServed: true },
  { strategy: 'standardDeployment', version: '4.1.1-unhealthy', outcome: 'rolledBack', isServed: true },
  { strategy: 'standardDeployment', version: '4.1.1-crash', outcome: 'rolledBack', isServed: false },
  {
    strategy: 'standardDeployment',
    version: '4.2.0',
    outcome: 'released',
    isServed: true,
    request: { update: 'image' },
  },
  { strategy: 'canaryDeployment', version: '4.3.0', outcome: 'released', isServed: true },
  { strategy: 'canaryDeployment', version: '4.1.1-crash', outcome: 'rolledBack', isServed: false },
  { strategy: 'blueGreenDeployment', version: '4.4.0', outcome: 'released', isServed: true },
  { strategy: 'blueGreenDeployment', version: '4.1.1-unhealthy', outcome: 'rolledBack', isServed: false },
];
