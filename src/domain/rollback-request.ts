/** What people type to start a rollback. */
import { Fields, optional, type Parsed } from './fields.ts';
import type { TargetRef } from './target.ts';

export interface RollbackRequest extends TargetRef {
  readonly to: RollbackTo;
  /** Goes into the `[ROLLBACK]` line. */
  readonly reason: string;
  readonly requestedBy?: string;
}

export type RollbackTo =
  | { readonly kind: 'previous' }
  | { readonly kind: 'revision'; readonly revision: number }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'helmPrevious' }
  | { readonly kind: 'helmRevision'; readonly revision: number }
  | { readonly kind: 'latestBackup' }
  | { readonly kind: 'backup'; readonly configMap: string };

const maxPersonLength = 200;
/** Slack cuts long lines, and a reason is one. */
const maxReasonLength = 500;
const maxRevision = 2 ** 31 - 1;
/** Of a Kubernetes object. */
const maxNameLength = 253;

const ways = ['revision', 'version', 'helmRevision', 'helm', 'backup'] as const;
const examples =
  '"previous", {"revision": 3}, {"version": "4.0.0"}, {"helmRevision": 5}, {"helm": "previous"} or {"backup": "latest"}';

export const rollbackFields = ['service', 'environment', 'to', 'reason', 'requestedBy'] as const;

export function parseRollbackRequest(input: unknown): Parsed<RollbackRequest> {
  const fields = new Fields(input, rollbackFields, { strategy: 'rollback' });
  return fields.finish(() => ({
    service: fields.name('service') ?? fields.missing('service', '"checkout"'),
    environment: fields.name('environment') ?? fields.missing('environment', '"staging"'),
    to: readTo(fields, input as { readonly to?: unknown }),
    reason: fields.text('reason', maxReasonLength) ?? fields.missing('reason', '"error rate above 5 %"'),
    ...optional('requestedBy', fields.text('requestedBy', maxPersonLength)),
  }));
}

/** What `readTo` answers beside a problem that it has recorded; it never leaves `finish`. */
const previous: RollbackTo = { kind: 'previous' };

function readTo(fields: Fields, { to }: { readonly to?: unknown }): RollbackTo {
  if (to === undefined || to === 'previous') return previous;
  if (typeof to !== 'object' || to === null) {
    fields.problem('to', `must be one of ${examples}, got ${JSON.stringify(to)}`);
    return previous;
  }
  const way = fields.object('to', ways);
  const named = way?.keys() ?? [];
  if (named.length !== 1) fields.problem('to', `must say exactly one thing, such as ${examples}`);
  return (way === undefined ? undefined : readWay(way)) ?? previous;
}

function readWay(way: Fields): RollbackTo | undefined {
  const revision = way.integer('revision', 1, maxRevision);
  if (revision !== undefined) return { kind: 'revision', revision };
  const version = way.version('version');
  if (version !== undefined) return { kind: 'version', version };
  const helmRevision = way.integer('helmRevision', 1, maxRevision);
  if (helmRevision !== undefined) return { kind: 'helmRevision', revision: helmRevision };
  if (way.oneOf('helm', ['previous']) !== undefined) return { kind: 'helmPrevious' };
  const configMap = way.text('backup', maxNameLength);
  if (configMap === undefined) return undefined;
  return configMap === 'latest' ? { kind: 'latestBackup' } : { kind: 'backup', configMap };
}
