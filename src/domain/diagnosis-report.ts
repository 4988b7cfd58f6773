/** From what was seen to what a person should do first. Pure. */
import { checkRules } from './diagnosis-checks.ts';
import { clusterRules } from './diagnosis-cluster.ts';
import { configurationRules } from './diagnosis-configuration.ts';
import { creationRules } from './diagnosis-creation.ts';
import { exitRules } from './diagnosis-exit.ts';
import { failedRules } from './diagnosis-failed.ts';
import { imageRules } from './diagnosis-image.ts';
import { killRules } from './diagnosis-kill.ts';
import { logRules } from './diagnosis-log.ts';
import { probeRules } from './diagnosis-probe.ts';
import { aboutRollout, type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import { withoutSecrets } from './diagnosis-redact.ts';
import { diagnosisRules, type DiagnosisRuleId, type RuleEntry, type Weight } from './diagnosis-rules.ts';
import { schedulingRules } from './diagnosis-scheduling.ts';
import { silenceRules } from './diagnosis-silence.ts';
import { slowRules } from './diagnosis-slow.ts';
import { startRules } from './diagnosis-start.ts';
import { surroundingsRules } from './diagnosis-surroundings.ts';
import { trafficRules } from './diagnosis-traffic.ts';
import { volumeRules } from './diagnosis-volumes.ts';
import type { DiagnosisFinding, DiagnosisReport } from './diagnosis.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import { excerpt } from './redact.ts';

const maxFindings = 10;
const maxEvidence = 5;
/** Characters: a headline is read on a phone, a fact beside others. */
const headlineLength = 220;
const sentenceLength = 400;
const detailLength = 240;

const rules: readonly DiagnosisRule[] = [
  { id: 'deployment-missing', look: missing },
  ...creationRules,
  ...configurationRules,
  ...imageRules,
  ...volumeRules,
  ...schedulingRules,
  ...startRules,
  ...killRules,
  ...logRules,
  ...exitRules,
  ...probeRules,
  ...checkRules,
  ...failedRules,
  ...trafficRules,
  ...silenceRules,
  ...clusterRules,
  ...slowRules,
  ...surroundingsRules,
];

interface Ranked {
  readonly id: DiagnosisRuleId;
  readonly entry: RuleEntry;
  readonly found: Found;
}

/** Causes before their symptoms, one finding for each cause; never throws. */
export function diagnose(observation: DiagnosisObservation): DiagnosisReport {
  const seen = withoutSecrets(observation);
  const ranked = rules
    .flatMap(({ id, look }) => look(seen).map((found): Ranked => ({ id, found, entry: diagnosisRules[id] })))
    .sort((a, b) => rank(a) - rank(b));
  const findings = withoutSymptoms(ranked).slice(0, maxFindings).map(toFinding);
  return { summary: findings[0]?.headline ?? nothingFound(seen), findings, unseen: unseenOf(seen) };
}

const places = new Map(Object.keys(diagnosisRules).map((id, place) => [id, place]));
const weights: Readonly<Record<Weight, number>> = {
  cause: 0,
  likely: 1,
  symptom: 2,
  aside: 3,
  remainder: 4,
  background: 5,
};

function rank({ id, entry }: Ranked): number {
  return weights[entry.weight] * places.size + (places.get(id) ?? 0);
}

/** A symptom is told where nothing before it is about the same; one of the whole rollout, where nothing is at all. */
function withoutSymptoms(ranked: readonly Ranked[]): readonly Ranked[] {
  return ranked.filter(({ entry, found }, index) => {
    if (entry.weight !== 'symptom' && entry.weight !== 'remainder') return true;
    const before = ranked.slice(0, index);
    return found.about === aboutRollout
      ? before.length === 0
      : before.every((other) => other.found.about !== found.about);
  });
}

function toFinding({ id, entry, found }: Ranked): DiagnosisFinding {
  return {
    rule: id,
    situation: found.situation ?? entry.situation,
    // Foreign words may end a sentence; a headline does not.
    headline: excerpt(found.headline, headlineLength).replace(/[.:;,\s]+$/, ''),
    cause: excerpt(found.cause, sentenceLength),
    remedy: excerpt(found.remedy, sentenceLength),
    evidence: found.evidence.slice(0, maxEvidence).map(({ subject, detail }) => ({
      subject: excerpt(subject, detailLength),
      detail: excerpt(detail, detailLength),
    })),
  };
}

function missing(seen: DiagnosisObservation): readonly Found[] {
  const { deployment, namespace } = seen;
  if (seen.rollout.deployment !== undefined || seen.deploymentState !== 'missing') return [];
  return [
    {
      about: aboutRollout,
      headline: `Deployment ${deployment} does not exist in ${namespace}`,
      cause: 'It was deleted, was never installed, or has another name.',
      remedy: `See what is there: kubectl get deployments -n ${namespace}.`,
      evidence: [{ subject: `Deployment ${deployment}`, detail: 'not found by the API server' }],
    },
  ];
}

function nothingFound({ deployment, rollout, deploymentState, failure }: DiagnosisObservation): string {
  if (rollout.deployment === undefined) {
    return deploymentState === 'unseen'
      ? `Deployment ${deployment} could not be looked at`
      : `Nothing was found about Deployment ${deployment}`;
  }
  const { available, desired, updated } = rollout.deployment;
  const pods = `${available} of ${desired} pods are available`;
  const isWell = available >= desired && updated >= desired;
  // Within a failure something is wrong, whatever the objects show by now.
  if (isWell && failure !== undefined)
    return excerpt(
      `The cluster's objects of ${deployment} look well (${pods}), and yet: ${failure.summary}`,
      sentenceLength,
    );
  return isWell
    ? `Nothing is wrong with ${deployment}: ${pods}`
    : `Nothing was found that keeps ${deployment}: ${updated} of ${desired} pods updated, ${available} available`;
}

function unseenOf(seen: DiagnosisObservation): readonly string[] {
  const {
    events,
    nodes,
    quotas,
    budgets,
    claims,
    missing: references,
    usage,
    service,
    checks,
    nodeUsage,
  } = seen;
  const parts = { events, nodes, quotas, budgets, claims, references, usage, nodeUsage, service, checks };
  const reasons = Object.values(parts).flatMap((part) => (part?.state === 'unseen' ? [part.reason] : []));
  return [...new Set([...seen.gaps, ...reasons])].map((reason) => excerpt(reason, detailLength));
}
