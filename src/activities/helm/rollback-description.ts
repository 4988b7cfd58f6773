/** The words in Helm's history that tell a rollback: helm's own, and with replicas kept our own. */
import type { HeldReplicas } from './types.ts';

/** Helm's own words for what a rollback does; it has no option to say more. */
export function rollbackDescription(revision: number): string {
  return `Rollback to ${revision}`;
}

export function holdingDescription(revision: number, { kept, insteadOf }: HeldReplicas): string {
  return `${rollbackDescription(revision)}: ${kept} replicas kept instead of ${insteadOf}`;
}

const rollback = /^Rollback to (\d+)(?:: (\d+) replicas kept instead of (\d+))?$/;

/** The revision that was returned to; `undefined` when this was no rollback. */
export function rolledBackTo(description: string): number | undefined {
  const revision = rollback.exec(description)?.[1];
  return revision === undefined ? undefined : Number(revision);
}

export function heldIn(description: string): HeldReplicas | undefined {
  const [, , kept, insteadOf] = rollback.exec(description) ?? [];
  return kept === undefined ? undefined : { kept: Number(kept), insteadOf: Number(insteadOf) };
}
