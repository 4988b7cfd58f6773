/** Targets as canary and blue/green plans find them. */
import type { ObservedSurroundings, ObservedTarget } from '../../src/domain/observation.ts';
import type { BlueGreenDeploymentRequest } from '../../src/domain/strategy-requests.ts';
import { anObservation } from '../support/a-target.ts';

export const request: BlueGreenDeploymentRequest = {
  service: 'shop',
  environment: 'dev',
  version: '4.1.0',
  force: false,
  dryRun: false,
};

export function observed(replicas: number, change: Partial<ObservedTarget> = {}): ObservedTarget {
  return { ...anObservation({ replicas, availableReplicas: replicas }), ...change };
}

export function surroundings(
  replicas: number,
  change: Partial<ObservedSurroundings> = {},
): { readonly surroundings: ObservedSurroundings } {
  return { surroundings: { updatedReplicas: replicas, autoscalers: [], leftoverTracks: [], ...change } };
}
