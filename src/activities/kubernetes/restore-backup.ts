import { Context } from '@temporalio/activity';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { ConfigurationOptions } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import type { Target } from '../../domain/target.ts';
import { awaitObserved } from './await-observed.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, fieldManager, placeOf, revisionOf } from './deployment.ts';
import { failure } from './failures.ts';
import { imageOf } from './observe-target.ts';
import { planRestore, type Kind, type ObjectPatch } from './plan-restore.ts';
import { readBackup } from './read-backup.ts';
import { retryConflicts } from './retry-conflicts.ts';
import type {
  BackupComparison,
  BackupInput,
  RestoreBackupInput,
  RestoreBackupResult,
} from './rollback-types.ts';

/** Reads only. Throws `NotFound`, `Forbidden`. */
export async function compareBackup(clients: ClusterClients, input: BackupInput): Promise<BackupComparison> {
  const { patches, kept, problems } = await planRestore(
    clients,
    input.target,
    await readBackup(clients, input),
  );
  return { changes: patches.flatMap(({ changes }) => changes), kept, problems };
}

/**
 * Idempotent by reading first: only the fields of `spec` that differ are written, each object in one
 * patch against the version that was read. Service and autoscaler come before the Deployment, so that
 * the pods it makes are counted and served as they will be. Throws `NotFound`, `Forbidden`, `Conflict`,
 * `InvalidObject`, `ChangedByOther` (an image that is neither the backup's nor this run's).
 */
export async function restoreBackup(
  clients: ClusterClients,
  input: RestoreBackupInput,
): Promise<RestoreBackupResult> {
  const { target, configMap } = input;
  const ref = deploymentRef(target);
  const backup = await readBackup(clients, input);
  const signal = Context.current().cancellationSignal;
  return retryConflicts(placeOf(target), async () => {
    const read = await clients.apps.readNamespacedDeployment(ref);
    const image = imageOf(read, target);
    if (![...input.ours, backup.observed.deployment.image].includes(image)) {
      const message = `Deployment ${ref.name} holds ${image}, which is neither what ran nor what backup ${configMap} holds: somebody changed it meanwhile, and it was left alone`;
      throw failure(failureTypes.changedByOther, placeOf(target), message);
    }
    const { patches, problems } = await planRestore(clients, target, backup);
    const [problem] = problems;
    if (problem !== undefined) {
      throw failure(failureTypes.invalidObject, placeOf(target), `${problem.message}: ${problem.remedy}.`);
    }
    for (const patch of [...patches].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))) {
      await write(clients, target, patch);
    }
    const written = await clients.apps.readNamespacedDeployment(ref);
    const observed = await awaitObserved(clients, ref, written, signal);
    return {
      changed: patches.length > 0,
      image: imageOf(observed, target),
      revision: revisionOf(observed),
    };
  });
}

const order: readonly Kind[] = ['HorizontalPodAutoscaler', 'Service', 'Deployment'];

async function write(
  clients: ClusterClients,
  { environment }: Target,
  { kind, name, resourceVersion, fields }: ObjectPatch,
): Promise<void> {
  const body = [
    // Answers 409 when somebody wrote since the read.
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    ...Object.entries(fields).map(([field, value]) =>
      value === undefined
        ? { op: 'remove', path: `/spec/${field}` }
        : { op: 'add', path: `/spec/${field}`, value },
    ),
  ];
  const request = { name, namespace: environment.namespace, body, fieldManager };
  const asPatch: ConfigurationOptions = setHeaderOptions('Content-Type', PatchStrategy.JsonPatch);
  switch (kind) {
    case 'Deployment':
      await clients.apps.patchNamespacedDeployment(request, asPatch);
      return;
    case 'Service':
      await clients.core.patchNamespacedService(request, asPatch);
      return;
    case 'HorizontalPodAutoscaler':
      await clients.autoscaling.patchNamespacedHorizontalPodAutoscaler(request, asPatch);
  }
}
