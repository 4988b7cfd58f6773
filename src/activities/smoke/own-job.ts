/** A smoke test's Job comes and goes. */
import { asyncLocalStorage } from '@temporalio/activity';
import type { V1Job } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import { failure, statusOf } from '../kubernetes/failures.ts';
import { fieldManager } from '../kubernetes/deployment.ts';
import { followJob, type JobRef } from './follow-job.ts';
import { jobManifest, jobName, keyAnnotation, type JobTest } from './job-manifest.ts';
import type { Scene } from './scene.ts';
import { findReadyPod } from './tested-pod.ts';

/** A pod that ignores SIGTERM is gone after its grace; the rest is the garbage collector's time. */
const goneWithinSeconds = 30;

/**
 * The Job that an earlier attempt created, else a new one; `undefined` when there is no ready pod to test.
 * Throws `ChangedByOther`.
 */
export async function ensureJob(scene: Scene, test: JobTest): Promise<V1Job | undefined> {
  const { clients, key, place } = scene;
  const { namespace } = place;
  for (;;) {
    const found = await findJob(scene, jobName(key, test));
    if (found !== undefined && (await isUsable(scene, found))) return found;
    if (found !== undefined) continue;
    const pod = await findReadyPod(scene);
    if (pod === undefined) return undefined;
    try {
      const body = jobManifest(key, test, pod);
      // Outside of the activity: a cancellation in the middle of this request would leave it unknown whether there
      // is a Job to take away.
      return await asyncLocalStorage.exit(() =>
        clients.batch.createNamespacedJob({ namespace, body, fieldManager }),
      );
    } catch (error) {
      // Made meanwhile, by an attempt that was taken for dead.
      if (statusOf(error) !== 409) throw error;
    }
  }
}

/** `false`: it was on its way out, and is gone now. */
async function isUsable({ clients, key, place, signal }: Scene, { metadata }: V1Job): Promise<boolean> {
  const { name = '', uid = '', annotations = {}, deletionTimestamp } = metadata ?? {};
  if (annotations[keyAnnotation] !== key) {
    const message = `Job ${name} is in the way: it is not the one that this release made. See what it is with kubectl get job ${name} -o yaml, and delete it.`;
    throw failure(failureTypes.changedByOther, place, message);
  }
  if (deletionTimestamp === undefined) return true;
  const ref = { namespace: place.namespace, name, uid };
  const gone = await followJob(clients, ref, { seconds: goneWithinSeconds, signal }, isGone);
  if (gone === true) return false;
  const message = `Job ${name} of an earlier attempt is being deleted and does not go. See what holds it with kubectl get job ${name} -o yaml (finalizers).`;
  throw failure(failureTypes.conflict, place, message, true);
}

/** Deletes the Job with its pod, and waits until both are gone. */
export async function removeJob(
  { clients }: Pick<Scene, 'clients'>,
  { namespace, name, uid }: JobRef,
  signal: AbortSignal,
): Promise<void> {
  try {
    await clients.batch.deleteNamespacedJob({
      namespace,
      name,
      body: { propagationPolicy: 'Foreground', preconditions: { uid } },
    });
  } catch (error) {
    // Gone, or another one of this name.
    if ([404, 409].includes(statusOf(error) ?? 0)) return;
    throw error;
  }
  await followJob(clients, { namespace, name, uid }, { seconds: goneWithinSeconds, signal }, isGone);
}

function isGone({ job, pods }: { readonly job: V1Job | undefined; readonly pods: readonly unknown[] }) {
  return job === undefined && pods.length === 0 ? true : undefined;
}

async function findJob({ clients, place }: Scene, name: string): Promise<V1Job | undefined> {
  const { namespace } = place;
  const { items } = await clients.batch.listNamespacedJob({
    namespace,
    fieldSelector: `metadata.name=${name}`,
  });
  return items[0];
}

export function refOf({ metadata }: V1Job, namespace: string): JobRef {
  return { namespace, name: metadata?.name ?? '', uid: metadata?.uid ?? '' };
}
