/** The checks that have a name of their own, so that most services need not spell any out. */
import type { CheckSpec, HttpCheck, JsonScalar } from '../domain/check.ts';

export const builtInCheckNames = [
  'replicas',
  'pods',
  'health',
  'ready',
  'database',
  'logs',
  'image',
] as const;

export type BuiltInCheckName = (typeof builtInCheckNames)[number];

/** Those that need no port: what a service without `verification` gets. */
export const portlessCheckNames = [
  'replicas',
  'pods',
  'logs',
  'image',
] as const satisfies readonly BuiltInCheckName[];

/** Those that ask the server itself. */
export function needsPort(name: BuiltInCheckName): name is 'health' | 'ready' | 'database' {
  return name === 'health' || name === 'ready' || name === 'database';
}

/** `port` is used by the checks that ask the server. */
export function builtInCheck(name: BuiltInCheckName, port: number): CheckSpec {
  switch (name) {
    case 'replicas':
      return { kind: 'replicas', name: 'deployment replicas', severity: 'required' };
    case 'pods':
      return { kind: 'pods', name: 'pods running', severity: 'required' };
    case 'health':
      return http('health endpoint', port, '/health', { status: 'healthy' });
    case 'ready':
      return http('ready endpoint', port, '/ready', { status: 'ready' });
    case 'database':
      return {
        ...http('database connectivity', port, '/health/db', { status: 'connected' }),
        whenUnsupported: 'warn',
      };
    case 'logs':
      return {
        kind: 'logs',
        name: 'error logs',
        severity: 'advisory',
        pattern: 'error|exception|fatal',
        limit: 10,
        windowSeconds: 300,
      };
    case 'image':
      return { kind: 'image', name: 'deployed version', severity: 'required' };
  }
}

function http(name: string, port: number, path: string, expectJson: Record<string, JsonScalar>): HttpCheck {
  return {
    kind: 'http',
    name,
    severity: 'required',
    port,
    path,
    method: 'GET',
    expectStatus: [200],
    expectJson,
    whenUnsupported: 'fail',
    timeoutSeconds: 5,
  };
}
