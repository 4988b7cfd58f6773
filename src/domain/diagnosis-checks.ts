/** Pods that are ready and do not do what the service's own checks ask of them. */
import { inNamespace } from './diagnosis-look.ts';
import { aboutContainer, type DiagnosisRule } from './diagnosis-rule.ts';
import type { CheckFact, DiagnosisObservation } from './diagnosis-observation.ts';

export const checkRules: readonly DiagnosisRule[] = [
  {
    id: 'check-failing',
    look: (seen) => {
      const [first, ...others] = seen.checks?.state === 'seen' ? seen.checks.value : [];
      return first === undefined ? [] : [found(seen, first, others)];
    },
  },
];

function found(seen: DiagnosisObservation, first: CheckFact, others: readonly CheckFact[]) {
  const { name, asked, pods, failed, ready } = first;
  const of =
    ready === undefined ? `${pods} ready pods` : `the ${pods} ready pods that were asked, of ${ready},`;
  const said = failed[0]?.detail ?? '';
  const pod = failed[0]?.pod ?? '';
  const also = others.length === 0 ? '' : `; ${others.map((other) => other.name).join(', ')} too`;
  return {
    // Whatever the logs say of it is the cause; this is what it leads to.
    about: aboutContainer(seen.container ?? ''),
    headline: `${failed.length} of ${of} fail the check "${name}": ${said}${also}`,
    cause:
      'The pods pass their probes, so the cluster sends them traffic, and the service itself says or shows that it is not well.',
    remedy: `See why the service answers so: kubectl logs ${pod} ${inNamespace(seen)}. A readiness probe that asked the same (${asked}) would keep such pods from traffic.`,
    evidence: [first, ...others].flatMap((check) =>
      check.failed.map((one) => ({ subject: `pod ${one.pod}, ${check.asked}`, detail: one.detail })),
    ),
  };
}
