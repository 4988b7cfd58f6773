/** What a release failed by, in the words of its own judgement: the cluster's objects may all look well. */
import type { Evidence, Verdict } from './check.ts';

export interface ReleaseFailure {
  /** One line: why the release does not go on. */
  readonly summary: string;
  /** What did not pass, the decisive first, at most five; empty where it was no check, metric or alert. */
  readonly judged: readonly FailedJudgement[];
}

export interface FailedJudgement {
  readonly by: 'check' | 'alerts' | 'analysis';
  /** As people know it, for example `health endpoint` or `error ratio`. */
  readonly name: string;
  /** `inconclusive`: nobody could tell, which is no pass. */
  readonly verdict: Exclude<Verdict, 'pass'>;
  /** One line. */
  readonly detail: string;
  /** At most five facts; the subject is the pod where there is one. */
  readonly evidence: readonly Evidence[];
}
