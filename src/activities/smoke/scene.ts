import type { Duplex } from 'node:stream';
import type { ClusterClients } from '../kubernetes/clients.ts';
import type { Place } from '../kubernetes/failures.ts';

/** A port of a pod; each call is one connection. `signal` ends the opening only. */
export type OpenPortForward = (
  at: { readonly namespace: string; readonly pod: string; readonly port: number },
  signal: AbortSignal,
) => Promise<Duplex>;

export interface SmokeCluster {
  readonly clients: ClusterClients;
  readonly openPortForward: OpenPortForward;
}

/** Where one smoke test happens. */
export interface Scene extends SmokeCluster {
  readonly place: Place;
  /** Name of the Deployment whose pods are tested. */
  readonly deployment: string;
  /** Names the Job. */
  readonly key: string;
  /** Where commands run. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}
