/** What is released under load; each case begins with what the one before it left. A row more is a test more. */
import type { Outcome } from '../../src/domain/status.ts';

export interface Case {
  /** Workflow type. */
  readonly strategy: string;
  readonly version: string;
  readonly outcome: Outcome;
  /** Versions that must have answered requests by the end; the one before the release is among them. */
  readonly serves: readonly string[];
  /** More of the request. */
  readonly request?: Readonly<Record<string, unknown>>;
}

export const firstVersion = '4.0.0';

export const cases: readonly Case[] = [
  {
    strategy: 'standardDeployment',
    version: '4.1.0',
    outcome: 'released',
    serves: ['4.0.0', '4.1.0'],
  },
  {
    strategy: 'standardDeployment',
    version: '4.1.1-unhealthy',
    outcome: 'rolledBack',
    serves: ['4.1.0', '4.1.1-unhealthy'],
  },
  {
    strategy: 'standardDeployment',
    version: '4.1.1-crash',
    outcome: 'rolledBack',
    serves: ['4.1.0'],
  },
  {
    strategy: 'standardDeployment',
    version: '4.2.0',
    outcome: 'released',
    serves: ['4.1.0', '4.2.0'],
    request: { update: 'image' },
  },
];
