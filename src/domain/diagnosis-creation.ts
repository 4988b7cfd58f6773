/** The ReplicaSet cannot create its pods. */
import { refusals } from './diagnosis-refusals.ts';
import { aboutCreation, type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import { inNamespace, valueOf } from './diagnosis-look.ts';
import type { DiagnosisRuleId } from './diagnosis-rules.ts';
import { workloadRules } from './rollout-workload-rules.ts';

export const creationRules: readonly DiagnosisRule[] = [
  ...refusals.map(({ id }) => ({ id, look: (seen: DiagnosisObservation) => lookFor(id, seen) })),
  { id: 'quota-throttles', look: throttled },
];

function lookFor(id: DiagnosisRuleId, seen: DiagnosisObservation): readonly Found[] {
  const failure = creationFailure(seen);
  const refusal = refusals.find(({ pattern }) => pattern.test(failure ?? ''));
  if (failure === undefined || refusal?.id !== id) return [];
  if (id === 'quota-exceeded' && isThrottled(seen)) return [];
  const groups = (refusal.pattern.exec(failure) ?? [])
    .slice(1)
    .map((group: string | undefined) => group ?? '');
  const name = seen.rollout.newest?.name ?? '';
  const evidence = [{ subject: `ReplicaSet ${name}`, detail: `FailedCreate: ${failure}` }];
  const quotas = id.startsWith('quota') ? quotaEvidence(seen, groups[0] ?? '') : [];
  return [{ about: aboutCreation, ...refusal.words(groups, seen), evidence: [...evidence, ...quotas] }];
}

function creationFailure({ rollout: { newest } }: DiagnosisObservation): string | undefined {
  return newest?.failure?.reason === 'FailedCreate' ? newest.failure.message : undefined;
}

function throttles(seen: DiagnosisObservation) {
  return workloadRules
    .filter(({ name }) => name === 'quota-throttles')
    .flatMap((rule) => rule.look(seen.rollout));
}

function isThrottled(seen: DiagnosisObservation): boolean {
  return throttles(seen).length > 0;
}

function throttled(seen: DiagnosisObservation): readonly Found[] {
  const [first] = throttles(seen);
  if (first === undefined) return [];
  const quota = /exceeded quota: ([^,]+)/i.exec(first.detail)?.[1] ?? '';
  return [
    {
      about: aboutCreation,
      headline: `ResourceQuota ${quota} has no room for all new pods at once, so they come one after another`,
      cause: 'Each new pod waits until an old one has gone; the rollout goes on, slowly.',
      remedy: `Wait, or raise the quota: kubectl describe resourcequota ${quota} ${inNamespace(seen)}.`,
      evidence: [first, ...quotaEvidence(seen, quota)].map(({ subject, detail }) => ({ subject, detail })),
    },
  ];
}

function quotaEvidence(seen: DiagnosisObservation, quota: string) {
  return valueOf(seen.quotas)
    .filter(({ name }) => name === quota)
    .map(({ name, resource, used, hard }) => ({
      subject: `ResourceQuota ${name}`,
      detail: `${resource}: ${used} of ${hard} used`,
    }));
}
