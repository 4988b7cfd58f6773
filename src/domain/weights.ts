/** Traffic weights on plain Deployments: a share of the traffic is a share of the pods. */
import type { ReplicaPair } from './track.ts';

/**
 * The pods of each side that come nearest to the weight (percent) while the target keeps its replicas.
 * A weight between 0 and 100 has at least one pod of each side; a single replica gets its canary beside
 * it, as one pod more. A tie goes to fewer canary pods: less is exposed.
 */
export function replicaPair(weight: number, replicas: number): ReplicaPair {
  if (weight <= 0 || replicas === 0) return { stable: replicas, canary: 0 };
  if (weight >= 100) return { stable: 0, canary: replicas };
  if (replicas === 1) return { stable: 1, canary: 1 };
  const nearest = Math.ceil((weight * replicas) / 100 - 0.5);
  const canary = Math.min(Math.max(nearest, 1), replicas - 1);
  return { stable: replicas - canary, canary };
}

/** Percent of the pods that are the canary's. */
export function actualWeight(pair: ReplicaPair): number {
  const pods = podsOf(pair);
  return pods === 0 ? 0 : (100 * pair.canary) / pods;
}

export function podsOf({ stable, canary }: ReplicaPair): number {
  return stable + canary;
}

/** For people: `33 %`, and one decimal where it says more: `2.7 %`. */
export function weightWords(weight: number): string {
  return `${Number(weight.toFixed(weight < 10 ? 1 : 0))} %`;
}
