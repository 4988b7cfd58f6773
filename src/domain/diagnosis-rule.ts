/** The shape of a rule of the diagnosis, and what it answers. */
import type { Evidence } from './check.ts';
import type { Situation } from './diagnosis.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import type { DiagnosisRuleId } from './diagnosis-rules.ts';

/** One cause, over all the pods that show it. */
export interface Found {
  /** What it is about, for example `container shop` or `scheduling`: a cause hides the symptoms of the same. */
  readonly about: string;
  /** Where it is not the rule's own. */
  readonly situation?: Situation;
  readonly headline: string;
  readonly cause: string;
  readonly remedy: string;
  readonly evidence: readonly Evidence[];
}

export interface DiagnosisRule {
  readonly id: DiagnosisRuleId;
  look(seen: DiagnosisObservation): readonly Found[];
}

/** What keeps a whole rollout: every cause explains it. */
export const aboutRollout = 'rollout';
export const aboutCreation = 'creation';
export const aboutScheduling = 'scheduling';

export function aboutContainer(name: string): string {
  return `container ${name}`;
}
