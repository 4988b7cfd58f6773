/** The Service's selector, and the proof that its endpoints followed. */
import type { ExpectedEndpoints } from '../activities/kubernetes/types.ts';
import { failureTypes } from '../domain/failures.ts';
import { optional } from '../domain/fields.ts';
import { templateHashKey, type Selector } from '../domain/service-selector.ts';
import { durationWords } from '../domain/status-details.ts';
import type { ClusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { failure, failureOf } from './failure.ts';
import { stepKey } from './progress.ts';

interface Switch {
  readonly from: Selector;
  readonly to: Selector;
  /** For people: `green`. */
  readonly name: string;
  /** Somebody changed what is there: not unless `to` selects a ready pod. */
  readonly mustServe?: boolean;
  /** Deployment whose pods `to` selects: it rolls nothing out until it is let go. */
  readonly hold?: string;
  readonly letGo?: string;
}

export async function switchTo(
  { target }: Stage,
  cluster: ClusterActivities,
  { from, to, name, mustServe = false, hold, letGo }: Switch,
): Promise<void> {
  const templateHash = to[templateHashKey];
  await cluster.tracks.switchService.executeWithOptions(
    { summary: `Service ${target.service.kubernetesService} → ${name}` },
    [
      {
        ...{ target, from, to, ...(mustServe ? { mustServe } : {}), ...optional('letGo', letGo) },
        ...(hold === undefined || templateHash === undefined
          ? {}
          : { hold: { deployment: hold, templateHash, key: stepKey('pinned') } }),
      },
    ],
  );
}

/** Traffic is proven, not assumed. Answers one line. */
export async function proveEndpoints(
  { target }: Stage,
  cluster: ClusterActivities,
  expected: readonly ExpectedEndpoints[],
): Promise<string> {
  const { kubernetesService, timeouts } = target.service;
  const result = await cluster.tracks.awaitEndpoints.executeWithOptions(
    { summary: `Endpoints of Service ${kubernetesService}` },
    [{ target, expected, timeoutSeconds: timeouts.rolloutSeconds, ...cluster.time }],
  );
  if (result.outcome !== 'proven') {
    const [suspect] = expected.map(({ deployment }) => ({ deployment }));
    const words =
      result.outcome === 'timedOut'
        ? result.reason
        : `the pods of Service ${kubernetesService} are not all there: ${result.reason} [${result.rule}]`;
    throw suspect === undefined
      ? failure(failureTypes.rolloutFailed, words)
      : failureOf(suspect, failureTypes.rolloutFailed, words);
  }
  const words = expected.map(({ deployment, ready }) => `${ready ?? 'all'} of ${deployment}`).join(' and ');
  return `endpoints: ${words} (${durationWords(result.seconds * 1_000)})`;
}
