/** What the API server answers a ReplicaSet that asks for pods and gets none. */
import type { Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import { inNamespace } from './diagnosis-look.ts';
import type { DiagnosisRuleId } from './diagnosis-rules.ts';

export interface Refusal {
  readonly id: DiagnosisRuleId;
  readonly pattern: RegExp;
  /** `found` are the groups of the pattern. */
  readonly words: (
    found: readonly string[],
    seen: DiagnosisObservation,
  ) => Pick<Found, 'headline' | 'cause' | 'remedy'>;
}

/** The first that matches is told; the last takes what is left. */
export const refusals: readonly Refusal[] = [
  {
    id: 'service-account-missing',
    pattern: /service account [^\s:]+: serviceaccount "([^"]+)" not found/i,
    words: ([name = ''], seen) => ({
      headline: `ServiceAccount ${name} does not exist, so no pod of ${seen.deployment} can be created`,
      cause: `The pod template names ServiceAccount ${name}, and namespace ${seen.namespace} has none of that name.`,
      remedy: `Create it (kubectl create serviceaccount ${name} ${inNamespace(seen)}), or correct serviceAccountName in the template.`,
    }),
  },
  {
    id: 'priority-class-missing',
    pattern: /no PriorityClass with name (\S+) was found/i,
    words: ([name = ''], seen) => ({
      headline: `PriorityClass ${name} does not exist, so no pod of ${seen.deployment} can be created`,
      cause: `The pod template names PriorityClass ${name}; the cluster has none of that name.`,
      remedy: 'Correct priorityClassName in the template (kubectl get priorityclasses lists them).',
    }),
  },
  {
    id: 'quota-needs-resources',
    pattern: /failed quota: ([^\s:]+): must specify (.+)/i,
    words: ([quota = '', what = ''], seen) => ({
      headline: `ResourceQuota ${quota} asks for ${what}, which the template does not set`,
      cause: 'A quota on requests or limits takes only pods whose containers all state them.',
      remedy: `Set them in the template (kubectl describe resourcequota ${quota} ${inNamespace(seen)}), or give the namespace defaults by a LimitRange.`,
    }),
  },
  {
    id: 'quota-exceeded',
    pattern: /exceeded quota: ([^,]+), requested: (.+?), used: (.+?), limited: (.+)/i,
    words: ([quota = '', requested = '', used = '', limited = ''], seen) => ({
      headline: `ResourceQuota ${quota} is used up: a pod asks for ${requested}, ${used} of ${limited} is taken`,
      cause: `The namespace has no room for another pod of ${seen.deployment}, and no old pod may go to make room.`,
      remedy: `Free or raise the quota (kubectl describe resourcequota ${quota} ${inNamespace(seen)}), or lower what the containers request.`,
    }),
  },
  {
    id: 'limit-range-violated',
    pattern: /((?:(?:minimum|maximum) \S+ (?:usage|storage)|\S+ max limit to request ratio) per [^\]]+)/i,
    words: ([what = ''], seen) => ({
      headline: `A LimitRange forbids the pods of ${seen.deployment}: ${what}`,
      cause: "The containers' requests or limits lie outside what the namespace allows.",
      remedy: `Change the resources in the template, or the range (kubectl describe limitrange ${inNamespace(seen)}).`,
    }),
  },
  {
    id: 'pod-security-refused',
    pattern: /violates PodSecurity "([^"]+)": (.+)/i,
    words: ([level = '', what = ''], seen) => ({
      headline: `Pod Security "${level}" refuses the pods: ${what}`,
      cause: `Namespace ${seen.namespace} enforces a level that the pod template does not meet.`,
      remedy: `Set the securityContext that it asks for, or change the namespace's pod-security.kubernetes.io/enforce label (kubectl get namespace ${seen.namespace} --show-labels).`,
    }),
  },
  {
    id: 'admission-unreachable',
    pattern: /failed calling webhook "([^"]+)": (.+)/i,
    words: ([webhook = '', what = '']) => ({
      headline: `Admission webhook ${webhook} does not answer, so no pod can be created`,
      cause: `The API server must ask it about every pod, and cannot: ${what}.`,
      remedy: `Repair the webhook's server (kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations names it); every namespace that it covers is stuck alike.`,
    }),
  },
  {
    id: 'admission-denied',
    pattern:
      /(?:admission webhook "([^"]+)" denied the request|ValidatingAdmissionPolicy '([^']+)'[^:]* denied request):? ?(.*)/i,
    words: ([webhook = '', policy = '', what = '']) => ({
      headline: `${webhook === '' ? `Policy ${policy}` : `Admission webhook ${webhook}`} refuses the pods: ${what}`,
      cause: 'A policy of the cluster does not accept the pod template.',
      remedy: 'Change the template as the policy asks, or ask its owners for an exemption.',
    }),
  },
  {
    id: 'pod-invalid',
    pattern: /is invalid: (.+)/i,
    words: ([what = ''], seen) => ({
      headline: `The API server finds the pods of ${seen.deployment} invalid: ${what}`,
      cause:
        'The template holds a value that pods may not have; often another controller or webhook adds it.',
      remedy: `Correct the template: kubectl edit deployment/${seen.deployment} ${inNamespace(seen)}.`,
    }),
  },
  {
    id: 'pod-creation-forbidden',
    pattern: /(?:is forbidden: )?(.+)/i,
    words: ([what = ''], seen) => ({
      headline: `The cluster refuses to create the pods of ${seen.deployment}: ${what}`,
      cause: 'An admission rule of the cluster does not accept them.',
      remedy: `Read the whole refusal: kubectl describe replicaset ${seen.rollout.newest?.name ?? ''} ${inNamespace(seen)}.`,
    }),
  },
];
