/** What the rules see in an observation, and whether it is the end: asked by every wait for pods. */
import type { Evidence } from './check.ts';
import { excerpt } from './redact.ts';
import { infrastructureRules } from './rollout-infrastructure-rules.ts';
import type { PodObservation, RolloutObservation } from './rollout-observation.ts';
import { podRules } from './rollout-pod-rules.ts';
import type { RolloutRule, Sighting } from './rollout-rule.ts';
import { workloadRules } from './rollout-workload-rules.ts';

/** In the order of telling: a cause before its symptom. */
export const rolloutRules: readonly RolloutRule[] = [...podRules, ...workloadRules, ...infrastructureRules];

const maxEvidence = 10;
/** Characters of what the cluster said: a policy may list all that it has against a pod. */
const detailLimit = 500;

export interface SeenByRule {
  readonly rule: RolloutRule;
  readonly sighting: Sighting;
}

export interface Trouble {
  /** Name of the rule. */
  readonly rule: string;
  /** For people: what it means, and where it was seen first. */
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

export function lookAt(observation: RolloutObservation): readonly SeenByRule[] {
  return rolloutRules.flatMap((rule) => rule.look(observation).map((sighting) => ({ rule, sighting })));
}

/** Why this cannot end well: the first rule that is fatal, or whose grace is over. `now` in milliseconds since 1970. */
export function fatalTrouble(seen: readonly SeenByRule[], now: number): Trouble | undefined {
  const first = seen.find((each) => isFatal(each, now));
  if (first === undefined) return undefined;
  const { rule, sighting } = first;
  return {
    rule: rule.name,
    reason: `${rule.meaning} (${sighting.subject}: ${excerpt(sighting.detail, detailLimit)})`,
    evidence: evidenceOf(seen, (each) => each.rule === rule),
  };
}

/** Why pods that no Deployment keeps, such as a Job's, cannot end well. */
export function podTrouble(pods: readonly PodObservation[], now: number): Trouble | undefined {
  return fatalTrouble(lookAtPods(pods), now);
}

/** How a pod stands that is not well. */
export interface PodStanding {
  /** Name of the rule that explains it. */
  readonly rule: string;
  /** Else it may become well by itself, or is not the version's fault. */
  readonly isFatal: boolean;
}

/** By the pods' names; one that no rule sees has none. For pods that are watched outside of a rollout. */
export function podStandings(pods: readonly PodObservation[], now: number): ReadonlyMap<string, PodStanding> {
  const standings = new Map<string, PodStanding>();
  for (const seen of lookAtPods(pods)) {
    const { pod } = seen.sighting;
    const standing = { rule: seen.rule.name, isFatal: isFatal(seen, now) };
    if (pod === undefined || standings.get(pod)?.isFatal === true) continue;
    if (standing.isFatal || !standings.has(pod)) standings.set(pod, standing);
  }
  return standings;
}

function lookAtPods(pods: readonly PodObservation[]): readonly SeenByRule[] {
  return lookAt({ expectedImage: '', pods, oldPods: { live: 0, terminating: 0 } });
}

/** At most ten, the matching ones first, in the form that leaves the domain: without secrets. */
export function evidenceOf(
  seen: readonly SeenByRule[],
  first: (each: SeenByRule) => boolean = () => true,
): readonly Evidence[] {
  return [...seen.filter(first), ...seen.filter((each) => !first(each))]
    .slice(0, maxEvidence)
    .map(({ sighting: { subject, detail } }) => ({ subject, detail: excerpt(detail, detailLimit) }));
}

function isFatal({ rule, sighting }: SeenByRule, now: number): boolean {
  switch (rule.effect) {
    case 'fatal':
      return true;
    case 'grace':
      return sighting.until !== undefined && sighting.until <= now;
    case 'throttled':
    case 'infrastructure':
      return false;
  }
}
