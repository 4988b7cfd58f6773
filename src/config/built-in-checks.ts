/** The checks that have a name of their own, so that most services need not spell any out. */
import type { SpelledOutCheck } from './check-schema.ts';

export const builtInCheckNames = [
  'replicas',
  'pods',
  'health',
  'ready',
  'database',
  'logs',
  'image',
  'alerts',
] as const;

export type BuiltInCheckName = (typeof builtInCheckNames)[number];

/** Those that need no port: what a service without `verification` gets. */
export const portlessCheckNames = [
  'replicas',
  'pods',
  'logs',
  'image',
  'alerts',
] as const satisfies readonly BuiltInCheckName[];

/** What each stands for, as it would be spelled out in the file. */
export const builtInChecks: Readonly<Record<BuiltInCheckName, SpelledOutCheck>> = {
  replicas: { kind: 'replicas' },
  pods: { kind: 'pods' },
  health: { kind: 'http', name: 'health endpoint', path: '/health', expectJson: { status: 'healthy' } },
  ready: { kind: 'http', name: 'ready endpoint', path: '/ready', expectJson: { status: 'ready' } },
  // Not every server answers for its database: the lack of an answer is said, but fails nothing.
  database: {
    kind: 'http',
    name: 'database connectivity',
    path: '/health/db',
    expectJson: { status: 'connected' },
    whenUnsupported: 'warn',
  },
  logs: { kind: 'logs' },
  image: { kind: 'image' },
  alerts: { kind: 'alerts' },
};

export function isBuiltInCheck(value: unknown): value is BuiltInCheckName {
  return (builtInCheckNames as readonly unknown[]).includes(value);
}
