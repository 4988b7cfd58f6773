import type { RolledBackRevision } from '../activities/helm/types.ts';
import type { Stage } from './conduct.ts';

/** Helm went back and the pods did not: what Helm holds now is no longer what its values say. */
export function noteHeld(
  { target: { service }, progress }: Stage,
  wanted: number,
  { revision, held }: RolledBackRevision,
): void {
  if (held === undefined) return;
  const release = service.helm?.release ?? '';
  const { kept, insteadOf } = held;
  progress.note(
    `Deployment ${service.deployment} kept its ${kept} replicas: Helm revision ${wanted} would have set ${insteadOf} at once. ` +
      `Helm revision ${revision} holds what revision ${wanted} does, with ${kept} replicas; it was made without hooks, and its values ` +
      `still lead to ${insteadOf}: put ${kept} into them before the next \`helm upgrade ${release}\`, or scale down when the load allows it.`,
  );
}
