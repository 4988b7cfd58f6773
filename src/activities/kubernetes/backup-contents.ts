import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import type { BackupRef } from '../../domain/backup.ts';
import { failureTypes } from '../../domain/failures.ts';
import type { ObservedTarget } from '../../domain/observation.ts';
import { failure } from './failures.ts';
import type { Place } from './failures.ts';
import { redactSecrets } from './redact.ts';

/** The API server takes 1 MiB of data in a ConfigMap. */
const maxBytes = 1024 * 1024;

/** Written by the cluster, or of no use when the object is applied again. */
const clusterFields = [
  'managedFields',
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'generation',
  'selfLink',
];
/** Repeats the whole object, secret values included. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** File names and YAML: what was observed, and each object as it can be applied again. */
export function backupContents(
  ref: BackupRef,
  observed: ObservedTarget,
  objects: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const files = Object.entries(objects).map(([name, object]): [string, string] => [
    `${name.replace('/', '.').toLowerCase()}.yaml`,
    stringify(redactSecrets(withoutClusterFields(object))),
  ]);
  return Object.fromEntries<string>([['backup.yaml', stringify({ ...ref, observed })], ...files]);
}

/** As text when it fits, else compressed. Throws `InvalidObject` when even that is too large. */
export function fitConfigMap(
  contents: Readonly<Record<string, string>>,
  name: string,
  place: Place,
): { readonly data: Record<string, string> } | { readonly binaryData: Record<string, string> } {
  if (size(contents) <= maxBytes) return { data: { ...contents } };
  const packed = Object.entries(contents).map(([file, text]) => [`${file}.gz`, gzipSync(text)] as const);
  const bytes = packed.reduce((sum, [file, data]) => sum + file.length + data.length, 0);
  if (bytes <= maxBytes) {
    return { binaryData: Object.fromEntries(packed.map(([file, data]) => [file, data.toString('base64')])) };
  }
  const message = `the backup ${name} would be ${bytes} bytes compressed, and a ConfigMap holds ${maxBytes}. Make the Deployment smaller: large literal values belong in a ConfigMap of their own.`;
  throw failure(failureTypes.invalidObject, place, message);
}

function size(contents: Readonly<Record<string, string>>): number {
  return Object.entries(contents).reduce(
    (sum, [file, text]) => sum + file.length + Buffer.byteLength(text),
    0,
  );
}

interface ClusterObject {
  readonly status?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

function withoutClusterFields(object: unknown): unknown {
  const { status: _status, metadata, ...rest } = object as ClusterObject;
  const kept = Object.entries(metadata ?? {})
    .filter(([field]) => !clusterFields.includes(field))
    .map(([field, value]): [string, unknown] => [
      field,
      field === 'annotations' ? withoutLastApplied(value) : value,
    ]);
  return { ...rest, metadata: Object.fromEntries<unknown>(kept) };
}

function withoutLastApplied(annotations: unknown): unknown {
  const entries = Object.entries(annotations as Readonly<Record<string, unknown>>);
  return Object.fromEntries(entries.filter(([key]) => key !== lastApplied));
}
