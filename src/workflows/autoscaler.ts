/** An autoscaler is held still for the length of a release and restored exactly. */
import { patched } from '@temporalio/workflow';
import { freedByHand } from '../domain/autoscaler-pause.ts';
import type { AutoscalerRef } from '../domain/observation.ts';
import { clusterActivities, type ClusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { stepKey } from './progress.ts';

interface Held {
  readonly autoscaler?: AutoscalerRef;
  readonly replicas: number;
}

/** What is carried out: the plan, for the pods that are there when the release begins. */
export interface Underway<P> {
  plan: P;
}

/** Identity of this release's pause: whoever pauses with it again gets what was recorded first. */
export function autoscalerKey(): string {
  return stepKey('autoscaler');
}

/** Answers the pods to go on with: more than planned where the autoscaler has scaled up since the plan. */
export async function holdAutoscaler(
  { target, progress }: Stage,
  cluster: ClusterActivities,
  { autoscaler, replicas }: Held,
): Promise<number> {
  if (autoscaler === undefined) return replicas;
  const paused = await cluster.tracks.pauseAutoscaler.executeWithOptions(
    { summary: `Hold ${autoscaler.kind} ${autoscaler.name} at ${replicas} or more` },
    [{ target, replicas, key: autoscalerKey(), neverLower: true }],
  );
  const live = paused?.replicas ?? replicas;
  if (live <= replicas) return replicas;
  progress.set({ replicas: live });
  progress.note(
    `${autoscaler.kind} ${autoscaler.name} scaled ${target.service.deployment} from ${replicas} to ${live} after the plan was made: the release goes on with ${live}.`,
  );
  return live;
}

const freedByItself = 'autoscaler-freed-by-itself';

/**
 * Registered before all that it could be hindered by, so that it is free again whatever becomes of the rest.
 * Answers the same for whoever comes to it sooner; what fails there is tried again, and told, by the undo.
 */
export function registerFreeing(stage: Stage, held: Held): () => Promise<void> {
  const { target, undo } = stage;
  const { autoscaler } = held;
  let isFree = false;
  const free = async () => {
    await freeAutoscaler(stage, clusterActivities(target, 'endless'), held);
    isFree = true;
  };
  if (autoscaler !== undefined) {
    undo.register({
      name: `${autoscaler.kind} ${autoscaler.name}`,
      byHand: freedByHand(autoscaler, target.environment.namespace),
      undo: async () => {
        if (!isFree && patched(freedByItself)) await free();
      },
    });
  }
  return async () => {
    try {
      await free();
    } catch (error) {
      if (!patched(freedByItself)) throw error;
    }
  };
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
