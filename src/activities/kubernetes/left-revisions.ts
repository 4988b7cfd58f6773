/**
 * Revisions that a way back has left: what "previous" must not return to, for it is what did not do.
 * Kept on the Deployment by number, and so void by itself once such a version is released again: its
 * ReplicaSet then gets a new number.
 */
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { V1Deployment } from '@kubernetes/client-node';
import { Context } from '@temporalio/activity';
import type { Target } from '../../domain/target.ts';
import { awaitObserved } from './await-observed.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, fieldManager, isObserved, placeOf, revisionOf } from './deployment.ts';
import { toFailure } from './failures.ts';
import { retryConflicts } from './retry-conflicts.ts';

const leftRevisions = 'fairway.dev/left-revisions';
const path = `/metadata/annotations/${leftRevisions.replace('/', '~1')}`;
/** As many old ReplicaSets as a Deployment keeps by default. */
const kept = 10;

export function leftRevisionsOf({ metadata }: V1Deployment): readonly number[] {
  const written = metadata?.annotations?.[leftRevisions] ?? '';
  return written === '' ? [] : written.split(',').map(Number);
}

/** Part of a JSON patch of this Deployment, which leaves what it holds; nothing when that has no number yet. */
export function markLeft(deployment: V1Deployment): readonly object[] {
  return isObserved(deployment) ? mark(deployment, Number(revisionOf(deployment))) : [];
}

function mark(deployment: V1Deployment, revision: number): readonly object[] {
  const marked = leftRevisionsOf(deployment);
  if (!(revision > 0) || marked.includes(revision)) return [];
  // An annotation holds the revision, so that there is a map of them to add to.
  return [{ op: 'add', path, value: [...marked, revision].slice(-kept).join(',') }];
}

/**
 * For a change that somebody else makes (helm): call what this answers after it, and the revision of
 * before is marked if it was left. Throws `NotFound`, `Forbidden`, `Conflict`, `ClusterUnreachable`.
 */
export async function leavingRevision(clients: ClusterClients, target: Target): Promise<() => Promise<void>> {
  const place = placeOf(target);
  const translated = (error: unknown) => {
    throw toFailure(error, place);
  };
  const before = Number(revisionOf(await readObserved(clients, target).catch(translated)));
  return async () => {
    await retryConflicts(place, async () => {
      const deployment = await readObserved(clients, target);
      const marks = Number(revisionOf(deployment)) === before ? [] : mark(deployment, before);
      if (marks.length === 0) return;
      const version = deployment.metadata?.resourceVersion ?? '';
      const body = [{ op: 'replace', path: '/metadata/resourceVersion', value: version }, ...marks];
      await clients.apps.patchNamespacedDeployment(
        { ...deploymentRef(target), body, fieldManager },
        setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
      );
    }).catch(translated);
  };
}

async function readObserved(clients: ClusterClients, target: Target): Promise<V1Deployment> {
  const ref = deploymentRef(target);
  const read = await clients.apps.readNamespacedDeployment(ref);
  return awaitObserved(clients, ref, read, Context.current().cancellationSignal);
}
