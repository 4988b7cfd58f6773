import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import type { Target } from '../../domain/target.ts';
import { findAutoscalers } from './autoscaler.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, placeOf } from './deployment.ts';
import { failure } from './failures.ts';
import { hpaScaler } from './hpa-scaler.ts';
import { findScaledObjects, readScaledObject, scaledObjectScaler } from './scaled-object.ts';
import type { Scaler } from './scaler.ts';
import type { PausedAutoscaler } from './types.ts';
import { unlessMissing } from './unless-missing.ts';

/**
 * What scales the target's Deployment; `undefined` when nothing does. Throws `ReleaseRefused` when
 * two do: they would fight each other, and neither could be put back with a meaning.
 */
export async function findScaler(clients: ClusterClients, target: Target): Promise<Scaler | undefined> {
  const scalers = await findScalers(clients, target);
  if (scalers.length > 1) {
    const named = scalers.map(({ kind, name }) => `${kind} ${name}`).join(' and ');
    const message = `Deployment ${target.service.deployment} is scaled by ${named} at once. Remove all but one, then start again.`;
    throw failure(failureTypes.refused, placeOf(target), message);
  }
  return scalers[0];
}

/** All that scale it, without the HPA that KEDA makes for a ScaledObject. */
export async function findScalers(clients: ClusterClients, target: Target): Promise<readonly Scaler[]> {
  const ref = deploymentRef(target);
  const [autoscalers, scaledObjects] = await Promise.all([
    findAutoscalers(clients, ref),
    findScaledObjects(clients, ref),
  ]);
  const own = autoscalers.filter(
    (each) => !scaledObjects.some(({ metadata }) => isMadeFor(each, metadata.uid)),
  );
  return [
    ...scaledObjects.map((each) => scaledObjectScaler(clients, each)),
    ...own.map((each) => hpaScaler(clients, each)),
  ];
}

/** `undefined` when it is gone. */
export async function readScaler(
  clients: ClusterClients,
  target: Target,
  { kind, name }: PausedAutoscaler,
): Promise<Scaler | undefined> {
  const ref = { name, namespace: target.environment.namespace };
  if (kind === 'ScaledObject') {
    const found = await readScaledObject(clients, ref);
    return found && scaledObjectScaler(clients, found);
  }
  const found = await unlessMissing(() => clients.autoscaling.readNamespacedHorizontalPodAutoscaler(ref));
  return found && hpaScaler(clients, found);
}

/** KEDA makes an HPA of its own for a ScaledObject, and writes it back when somebody changes it. */
export function isMadeFor({ metadata }: V2HorizontalPodAutoscaler, uid?: string): boolean {
  return (
    metadata?.ownerReferences?.some(
      (owner) => owner.kind === 'ScaledObject' && (uid === undefined || owner.uid === uid),
    ) ?? false
  );
}
