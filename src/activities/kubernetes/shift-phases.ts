/** Where a shift of traffic stands, read from the cluster: its only memory. */
import { surge, withdraw, type SurgePhase } from '../../domain/surge.ts';
import type { Target } from '../../domain/target.ts';
import { trackDeployment, type ReplicaPair } from '../../domain/track.ts';
import type { ClusterClients } from './clients.ts';
import { isOwnedBy, ownedReplicaSets, selectorText } from './deployment.ts';
import type { ShiftTrafficInput } from './types.ts';
import { unlessMissing } from './unless-missing.ts';

/** `room` as for `surge` and `withdraw`. The last one proves where it stands, also when nothing had to move. */
export async function phasesOf(
  clients: ClusterClients,
  { target, to, withdraw: leaving }: ShiftTrafficInput,
  room: number,
): Promise<readonly SurgePhase[]> {
  const stable = await sideOf(clients, target, 'stable');
  const canary = await sideOf(clients, target, 'canary');
  const now: ReplicaPair = { stable: stable.asked, canary: canary.asked };
  if (leaving !== undefined) {
    const goal = { replicas: to.stable, minimum: leaving.minimum };
    // What an earlier try only asked for serves nobody yet; of the canary, whatever serves counts.
    return withdraw(now, goal, { ready: { stable: stable.available, canary: canary.ready }, room });
  }
  return [...surge(now, to, room), { kind: 'await', ready: to }];
}

/** Pods that have a node; the Deployment asks for more than these when none takes the others. */
export async function placedPods(
  clients: ClusterClients,
  { target }: ShiftTrafficInput,
): Promise<ReplicaPair> {
  const [stable, canary] = await Promise.all([
    placedOn(clients, target, 'stable'),
    placedOn(clients, target, 'canary'),
  ]);
  return { stable, canary };
}

export function nameOf({ service: { deployment } }: Target, side: keyof ReplicaPair): string {
  return side === 'stable' ? deployment : trackDeployment(deployment, 'canary');
}

async function sideOf(clients: ClusterClients, target: Target, side: keyof ReplicaPair) {
  const read = await readSide(clients, target, side);
  const asked = read === undefined ? 0 : (read.spec?.replicas ?? 1);
  const { availableReplicas: available = 0, readyReplicas: ready = 0 } = read?.status ?? {};
  return { asked, available: Math.min(asked, available), ready: Math.min(asked, ready) };
}

async function placedOn(clients: ClusterClients, target: Target, side: keyof ReplicaPair): Promise<number> {
  const read = await readSide(clients, target, side);
  if (read === undefined) return 0;
  const replicaSets = await ownedReplicaSets(clients, read);
  const { items } = await clients.core.listNamespacedPod({
    namespace: target.environment.namespace,
    labelSelector: selectorText(read.spec?.selector),
  });
  const owned = items.filter((pod) => replicaSets.some(({ metadata }) => isOwnedBy(pod, metadata?.uid)));
  const placed = owned.filter(
    ({ metadata, spec }) => metadata?.deletionTimestamp === undefined && spec?.nodeName !== undefined,
  );
  return Math.min(read.spec?.replicas ?? 1, placed.length);
}

function readSide(clients: ClusterClients, target: Target, side: keyof ReplicaPair) {
  const ref = { name: nameOf(target, side), namespace: target.environment.namespace };
  return unlessMissing(() => clients.apps.readNamespacedDeployment(ref));
}
