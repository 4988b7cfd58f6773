/** A release's revisions as Helm's storage has them. */
import { z } from 'zod';
import type { HelmStatus } from '../../domain/observation.ts';

export interface Revision {
  readonly revision: number;
  readonly status: HelmStatus;
  /** `name-version`. */
  readonly chart: string;
  /** ISO 8601. */
  readonly updatedAt: string;
  readonly description: string;
}

/** Oldest first and never empty: a release has at least one revision. */
export type History = readonly [Revision, ...Revision[]];

const historySchema = z.array(
  z.object({
    revision: z.number().int().positive(),
    status: z.string(),
    chart: z.string(),
    updated: z.string(),
    description: z.string().default(''),
  }),
);

const statuses: readonly HelmStatus[] = [
  'deployed',
  'failed',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
  'superseded',
  'uninstalling',
  'uninstalled',
];

/** Reads `helm history -o json`; `undefined` when it lists nothing. Throws on anything else. */
export function parseHistory(json: string): History | undefined {
  const revisions = historySchema
    .parse(JSON.parse(json))
    .map(({ revision, status, chart, updated, description }) => ({
      revision,
      status: statuses.find((known) => known === status) ?? ('unknown' as const),
      chart,
      updatedAt: new Date(updated).toISOString(),
      description,
    }))
    .sort((a, b) => a.revision - b.revision);
  const [first, ...rest] = revisions;
  return first === undefined ? undefined : [first, ...rest];
}

export function newest(history: History): Revision {
  return history.at(-1) ?? history[0];
}

/**
 * The newest revision that is in force, else that was: an operation killed at its very end leaves
 * the revision before it superseded and none deployed. `undefined` when nothing was ever deployed.
 */
export function inForce(history: History): Revision | undefined {
  return (
    history.findLast(({ status }) => status === 'deployed') ??
    history.findLast(({ status }) => status === 'superseded')
  );
}

export function isPending({ status }: Revision): boolean {
  return status.startsWith('pending-');
}
