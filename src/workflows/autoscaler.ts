/** An autoscaler is held still for the length of a release and restored exactly. */
import type { AutoscalerRef } from '../domain/observation.ts';
import type { ClusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { stepKey } from './progress.ts';

interface Held {
  readonly autoscaler?: AutoscalerRef;
  readonly replicas: number;
}

/** Identity of this release's pause: whoever pauses with it again gets what was recorded first. */
export function autoscalerKey(): string {
  return stepKey('autoscaler');
}

export async function holdAutoscaler(
  { target }: Stage,
  cluster: ClusterActivities,
  { autoscaler, replicas }: Held,
): Promise<void> {
  if (autoscaler === undefined) return;
  await cluster.tracks.pauseAutoscaler.executeWithOptions(
    { summary: `Hold ${autoscaler.kind} ${autoscaler.name} at ${replicas}` },
    [{ target, replicas, key: autoscalerKey() }],
  );
}

/** A person who changed it meanwhile wins, and it is said. */
export async function freeAutoscaler(
  { target, progress }: Stage,
  cluster: ClusterActivities,
  { autoscaler }: Held,
): Promise<void> {
  if (autoscaler === undefined) return;
  // The autoscaler itself knows what it was before: also after a death in the middle.
  const { outcome } = await cluster.tracks.restoreAutoscaler.executeWithOptions(
    { summary: `Let ${autoscaler.kind} ${autoscaler.name} scale again` },
    [{ target }],
  );
  if (outcome === 'leftAlone') {
    progress.note(
      `${autoscaler.kind} ${autoscaler.name} was changed during the release and left as it is now.`,
    );
  }
}
