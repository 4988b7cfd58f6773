/**
 * Tracks: which pods of a target belong to which side of a release. The stable (blue) side is the
 * target's own Deployment; the other is a Deployment of the release, made from the live pod template.
 */
export type Track = 'canary' | 'green';

/** On the pods and the Deployment of a release's own track. */
export const trackLabel = 'fairway.dev/track';

/** Name of the Deployment that a release makes beside the target's own. */
export function trackDeployment(deployment: string, track: Track): string {
  return `${deployment}-${track}`;
}

/** Pods on both sides of a canary. */
export interface ReplicaPair {
  readonly stable: number;
  readonly canary: number;
}

/** Counted from the Service's EndpointSlices. */
export interface EndpointCount {
  /** Ready addresses that belong to pods of the Deployment of this name. */
  readonly deployment: string;
  readonly ready: number;
}
