/** The Service's selector, and the proof that its endpoints followed. */
import { failureTypes } from '../domain/failures.ts';
import type { Selector } from '../domain/service-selector.ts';
import { durationWords } from '../domain/status-details.ts';
import type { EndpointCount } from '../domain/track.ts';
import type { ClusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { failure } from './failure.ts';

interface Switch {
  readonly from: Selector;
  readonly to: Selector;
  /** For people: `green`. */
  readonly name: string;
}

export async function switchTo(
  { target }: Stage,
  cluster: ClusterActivities,
  { from, to, name }: Switch,
): Promise<void> {
  await cluster.tracks.switchService.executeWithOptions(
    { summary: `Service ${target.service.kubernetesService} → ${name}` },
    [{ target, from, to }],
  );
}

/** Traffic is proven, not assumed. Answers one line. */
export async function proveEndpoints(
  { target }: Stage,
  cluster: ClusterActivities,
  expected: readonly EndpointCount[],
): Promise<string> {
  const { kubernetesService, timeouts } = target.service;
  const result = await cluster.tracks.awaitEndpoints.executeWithOptions(
    { summary: `Endpoints of Service ${kubernetesService}` },
    [{ target, expected, timeoutSeconds: timeouts.rolloutSeconds }],
  );
  if (result.outcome === 'timedOut') throw failure(failureTypes.rolloutFailed, result.reason);
  const words = expected.map(({ deployment, ready }) => `${ready} of ${deployment}`).join(' and ');
  return `endpoints: ${words} (${durationWords(result.seconds * 1_000)})`;
}
