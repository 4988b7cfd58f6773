/**
 * Checks: what is asked of a running target, and the words for the answers. A check gives a
 * verdict with the evidence it rests on. `inconclusive` (nothing to look at, endpoint not
 * served, provider down) is never `pass`.
 */

import type { RanImage } from './ran-image.ts';

export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** How a check's HTTP request reaches a pod: through the API server in each case. */
export type Reach = 'portForward' | 'proxy' | 'exec';

/** `advisory` checks are reported (a warning), and never fail a verification. */
export type Severity = 'required' | 'advisory';

interface CheckBase {
  /** What people read, for example `health endpoint`. Unique within a service. */
  readonly name: string;
  readonly severity: Severity;
}

export interface ReplicasCheck extends CheckBase {
  readonly kind: 'replicas';
}

export interface PodsCheck extends CheckBase {
  readonly kind: 'pods';
}

export interface HttpCheck extends CheckBase {
  readonly kind: 'http';
  readonly port: number;
  readonly path: string;
  readonly method: 'GET' | 'HEAD';
  /** Status codes that count as an answer. */
  readonly expectStatus: readonly number[];
  /** Fields compared by value, keyed by dotted path, for example `{"status": "healthy"}`. */
  readonly expectJson?: Readonly<Record<string, JsonScalar>>;
  /** A regular expression that the body must match. */
  readonly expectBody?: string;
  /** What a 404 means: the endpoint does not exist in this version. */
  readonly whenUnsupported: 'fail' | 'inconclusive' | 'warn';
  readonly timeoutSeconds: number;
}

export interface LogsCheck extends CheckBase {
  readonly kind: 'logs';
  /** Regular expression, case-insensitive, matched line by line. */
  readonly pattern: string;
  /** More matching lines than this, over all pods, warns (or fails, when `required`). */
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface ImageCheck extends CheckBase {
  readonly kind: 'image';
  /** Where the server itself says its version, if it does. */
  readonly reported?: {
    readonly port: number;
    readonly path: string;
    /** Dotted path of the JSON field that holds the version. */
    readonly field: string;
  };
}

/** None of the service's alerts fires. */
export interface AlertsCheck extends CheckBase {
  readonly kind: 'alerts';
}

export type CheckSpec = ReplicasCheck | PodsCheck | HttpCheck | LogsCheck | ImageCheck | AlertsCheck;

export type JsonScalar = string | number | boolean | null;

/** One fact. `subject` is what was looked at (a pod, the Deployment), `detail` what was seen. */
export interface Evidence {
  readonly subject: string;
  readonly detail: string;
}

export interface CheckResult {
  readonly name: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  /** Why, when the verdict alone does not say it. */
  readonly reason?: 'unsupported' | 'unreachable' | 'noPods' | 'mismatch' | 'aboveLimit';
  /** One line for people, for example `3/3 pods answered 200 {"status":"healthy"}`. */
  readonly summary: string;
  /** At most ten facts, the failing ones first. */
  readonly evidence: readonly Evidence[];
}

export interface VerificationReport {
  readonly verdict: Verdict;
  /** One line: the first required check that did not pass, or how many passed. */
  readonly summary: string;
  readonly checks: readonly CheckResult[];
  /** Names of advisory checks that did not pass. */
  readonly warnings: readonly string[];
  readonly pods: number;
  /** What every pod ran; absent when they differ, or run something else. */
  readonly ran?: RanImage;
}
