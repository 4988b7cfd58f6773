/** A stored backup, as objects again. */
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import type { ObservedTarget } from '../../domain/observation.ts';
import { failureTypes } from '../../domain/failures.ts';
import { isBackupOf } from './backup-store.ts';
import type { ClusterClients } from './clients.ts';
import { placeOf } from './deployment.ts';
import { failure } from './failures.ts';
import type { BackupInput } from './rollback-types.ts';

/** An object as it can be applied again: without what the cluster writes, and without secret values. */
export interface StoredObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface StoredBackup {
  readonly observed: ObservedTarget;
  readonly objects: readonly StoredObject[];
}

/** Throws `NotFound` (also for a ConfigMap that is no backup of this service), `Forbidden`. */
export async function readBackup(
  clients: ClusterClients,
  { target, configMap: name }: BackupInput,
): Promise<StoredBackup> {
  const { namespace } = target.environment;
  const configMap = await clients.core.readNamespacedConfigMap({ name, namespace });
  if (!isBackupOf(configMap, target)) {
    const message = `ConfigMap ${name} is no backup of ${target.service.name}. List them with: kubectl get configmaps -n ${namespace} -l fairway.dev/service=${target.service.name}`;
    throw failure(failureTypes.notFound, placeOf(target), message);
  }
  const packed = Object.entries(configMap.binaryData ?? {}).map(([file, data]): [string, string] => [
    file.replace(/\.gz$/, ''),
    gunzipSync(Buffer.from(data, 'base64')).toString(),
  ]);
  const { 'backup.yaml': facts = '', ...files } = Object.fromEntries<string>([
    ...Object.entries(configMap.data ?? {}),
    ...packed,
  ]);
  const { observed } = parse(facts) as { readonly observed: ObservedTarget };
  return { observed, objects: Object.values(files).map((text) => parse(text) as StoredObject) };
}
