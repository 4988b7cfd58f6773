/** One question to one pod, whichever way it travels. */
import type { VerificationCluster } from './cluster.ts';

export interface PodAddress {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface PodQuestion {
  readonly method: 'GET' | 'HEAD';
  readonly port: number;
  /** Begins with a slash. */
  readonly path: string;
  readonly timeoutSeconds: number;
  /** Whether the body matches this pattern is told along. */
  readonly expectBody?: string;
  /** Sent through a port-forward only, by lower-case names, in place of what would be sent. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PodAnswer {
  readonly status: number;
  readonly body: string;
  /** The body was longer than the limit; its beginning is there. */
  readonly truncated: boolean;
}

/** Throws `ApiRefusal`, `Unreachable`, and errors of the connection to the API server. */
export type Ask = (
  cluster: VerificationCluster,
  pod: PodAddress,
  question: PodQuestion,
  signal: AbortSignal,
) => Promise<PodAnswer>;

/** The pod was asked and did not answer; the message says why, for people. */
export class Unreachable extends Error {}
