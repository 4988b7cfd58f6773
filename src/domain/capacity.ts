/** Pods that a Deployment's own strategy takes away before new ones are there: Fairway cannot hold them. */
import type { ObservedDeployment } from './observation.ts';
import { refuse, type Refusal } from './refusal.ts';

/** Only with "force": with `Recreate` nothing serves for a while. */
export function recreateRefusal(
  { name, recreates }: ObservedDeployment,
  force: boolean,
): Refusal | undefined {
  if (recreates !== true || force) return undefined;
  return refuse(
    'recreates-pods',
    `Deployment ${name} has the strategy Recreate: all its pods end before the first new one starts, and nothing serves meanwhile`,
    'release with "strategy": "blueGreen" or "canary", change it to RollingUpdate where two versions may run side by side, or accept the gap with "force": true',
  );
}

/** Worth knowing before a rolling update; none where new pods come first. */
export function capacityNotes({
  name,
  replicas,
  recreates,
  unavailable,
}: ObservedDeployment): readonly string[] {
  if (recreates === true) {
    return [`Nothing serves for a while: the strategy of ${name} is Recreate, and "force" accepted it.`];
  }
  if (unavailable === undefined) return [];
  return [
    `As few as ${replicas - unavailable} of ${replicas} pods serve meanwhile: ${name} has maxUnavailable ${unavailable} (rounded to pods). With maxUnavailable 0 and a maxSurge all would.`,
  ];
}
