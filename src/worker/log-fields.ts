/** The fields of a log line: the SDK's attributes under Fairway's names, without secrets. */
import { targetOfWorkflowId } from '../domain/about-target.ts';
import { redact } from '../domain/redact.ts';

/** Names of the SDK, and what they are called here. */
const renamed: Readonly<Record<string, string>> = {
  workflowId: 'release',
  workflowRunId: 'runId',
  activityType: 'activity',
  sdkComponent: 'component',
};
/** Of use to the SDK alone. */
const dropped = new Set(['taskToken', 'isLocal', 'namespace', 'activityId']);
const maxDepth = 4;

export function logFields(meta: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  // What says more stands over what the SDK says: an activity may know the release better.
  for (const [key, value] of Object.entries(meta)) {
    if (dropped.has(key) || value === undefined) continue;
    const name = renamed[key] ?? key;
    if (name in fields && name !== key) continue;
    fields[name] = plain(value, 0, key);
  }
  // Of a workflow that does not come to run, and of what is given no target, only the ID tells.
  return { ...targetOfWorkflowId(fields['release']), ...fields };
}

function plain(value: unknown, depth: number, key: string): unknown {
  if (typeof value === 'string') return redactedValue(key, value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  if (value instanceof Error) return errorFields(value, depth);
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if (depth === maxDepth) return '…';
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1, key));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, plain(item, depth + 1, name)]),
  );
}

/** A name such as `token` says that its value is one: both are looked at together. */
function redactedValue(key: string, value: string): string {
  const prefix = `${key}: `;
  const line = redact(prefix + value);
  return line.startsWith(prefix) ? line.slice(prefix.length) : redact(value);
}

function errorFields(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: redact(error.message),
    ...(error.stack === undefined ? {} : { stack: redact(error.stack) }),
    ...(error.cause === undefined || depth === maxDepth
      ? {}
      : { cause: plain(error.cause, depth + 1, 'cause') }),
  };
}
