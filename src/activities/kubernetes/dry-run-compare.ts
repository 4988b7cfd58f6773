/** Objects as a person compares them: without what the server keeps for itself, and without secrets. */
import { planDiff } from '../../domain/plan-diff.ts';
import { redact } from '../../domain/redact.ts';
import { revisionAnnotation } from './deployment.ts';
import type { JsonObject } from './raw-json.ts';
import { isSecretName, redacted, redactSecrets } from './redact.ts';

const kept = [revisionAnnotation, 'kubectl.kubernetes.io/last-applied-configuration'];
const ofTheServer = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
];

/** Lines of `planDiff`; `undefined` where there is no such object. */
export function compare(before: JsonObject | undefined, after: JsonObject | undefined): readonly string[] {
  const raw = { before: ofPeople(before), after: ofPeople(after) };
  return planDiff(raw, { before: withoutSecrets(raw.before), after: withoutSecrets(raw.after) });
}

function ofPeople(object: JsonObject | undefined): JsonObject | undefined {
  if (object === undefined) return undefined;
  const { status: _status, metadata, ...rest } = object;
  const { annotations, ...of } = (metadata ?? {}) as JsonObject;
  return {
    ...rest,
    metadata: {
      ...without(of, ofTheServer),
      ...(annotations === undefined ? {} : { annotations: without(annotations as JsonObject, kept) }),
    },
  };
}

function without(fields: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function withoutSecrets(object: JsonObject | undefined): unknown {
  if (object === undefined) return undefined;
  const isSecret = object['kind'] === 'Secret';
  const data = (field: string): JsonObject => {
    const values = object[field] as JsonObject | undefined;
    if (values === undefined || values === null) return {};
    const entries = Object.entries(values).map(([key, value]) => [
      key,
      isSecret || isSecretName(key) ? redacted : value,
    ]);
    return { [field]: Object.fromEntries(entries) as JsonObject };
  };
  const hidden = { ...object, ...data('data'), ...data('stringData'), ...data('binaryData') };
  return readable(redactSecrets(hidden));
}

/** Tokens and passwords wherever they stand, also as fields of objects of any kind. */
function readable(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'string' && tellsSecret(key, inner) ? redacted : readable(inner),
    ]),
  );
}

/** `password: hunter2`; but not `secretName: shop-tls`, which names one. */
function tellsSecret(key: string, value: string): boolean {
  const line = `${key}: ${value}`;
  return value !== '' && !key.endsWith('Name') && redact(line) !== line && redact(value) === value;
}
