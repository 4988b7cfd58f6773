/**
 * Diagnosis: why a target is not well, in the order in which a tired person should look. What it rests on is in
 * `diagnosis-observation.ts`; the rules are in `diagnosis-*.ts`.
 */
import type { Evidence } from './check.ts';

/** The runbook's four situations, and two more. */
export type Situation = 'pending' | 'crashing' | 'unhealthy' | 'slow' | 'traffic' | 'cluster';

export interface DiagnosisFinding {
  /** Stable identifier, shown to people and used by tests, for example `quota-exceeded`. */
  readonly rule: string;
  readonly situation: Situation;
  /** One line for people: what is wrong, and with what. */
  readonly headline: string;
  /** The likely cause, as a sentence. */
  readonly cause: string;
  /** What to do, as a sentence; with a command where there is one. */
  readonly remedy: string;
  /** At most five facts, without secrets. */
  readonly evidence: readonly Evidence[];
}

export interface DiagnosisReport {
  /** The line that a tired person needs: the first finding's headline, or that nothing was found. */
  readonly summary: string;
  /** At most ten, the likeliest cause first; one for each cause, not one for each pod. */
  readonly findings: readonly DiagnosisFinding[];
  /** What could not be looked at and why, for example that the cluster has no metrics API. */
  readonly unseen: readonly string[];
}
