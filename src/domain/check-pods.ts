import type { CheckResult, Evidence, PodsCheck } from './check.ts';
import type { ObservedContainer, ObservedPod, RuledPod } from './check-observation.ts';
import { isActive } from './check-observation.ts';
import { checkResult, noPodsResult } from './check-result.ts';
import { podStandings } from './rollout-trouble.ts';

/**
 * Every pod that serves (or should) is running and ready. The phase alone does not say so: a pod
 * in CrashLoopBackOff has the phase Running. One that is not well is explained by the rules of rollouts;
 * while it may become well by itself, or is not the version's fault, the question is open. `now` in
 * milliseconds since 1970.
 */
export function judgePods(
  spec: PodsCheck,
  seen: { readonly pods: readonly RuledPod[]; readonly desired: number; readonly now: number },
): CheckResult {
  const active = seen.pods.filter(isActive);
  const passedOver = seen.pods.filter((pod) => !isActive(pod)).map(passedOverEvidence);
  if (active.length === 0) {
    if (seen.desired === 0) return noPodsResult(spec);
    const summary = `no pods, although ${seen.desired} ${seen.desired === 1 ? 'is' : 'are'} desired`;
    return checkResult(spec, { verdict: 'fail', reason: 'noPods', summary, evidence: passedOver });
  }
  const standings = podStandings(
    active.map(({ forRules }) => forRules),
    seen.now,
  );
  const unwell = active.flatMap((pod) => {
    const problem = podProblem(pod);
    const standing = standings.get(pod.name);
    const rule = standing === undefined ? '' : ` (${standing.rule})`;
    return problem === undefined
      ? []
      : [{ isOpen: standing?.isFatal === false, subject: pod.name, detail: `${problem}${rule}` }];
  });
  const inOrder = [...unwell.filter(({ isOpen }) => !isOpen), ...unwell.filter(({ isOpen }) => isOpen)];
  const against = inOrder.map(({ subject, detail }): Evidence => ({ subject, detail }));
  const evidence = [
    ...active.filter((pod) => podProblem(pod) === undefined).map(goodEvidence),
    ...passedOver,
  ];
  if (against.length > 0) {
    const first = against[0];
    const isOpen = unwell.every((pod) => pod.isOpen);
    return checkResult(spec, {
      ...(isOpen ? { verdict: 'inconclusive' } : { verdict: 'fail', reason: 'mismatch' }),
      summary: `${active.length - against.length}/${active.length} pods running and ready; ${first?.subject}: ${first?.detail}`,
      against,
      evidence,
    });
  }
  return checkResult(spec, {
    verdict: 'pass',
    summary: `${active.length}/${active.length} pods running and ready`,
    evidence,
  });
}

function podProblem(pod: ObservedPod): string | undefined {
  const stopped = pod.containers.find((container) => !container.running);
  if (stopped?.reason !== undefined)
    return `container ${stopped.name}: ${stopped.reason}${restarts(stopped)}`;
  if (pod.phase !== 'Running')
    return pod.phaseReason === undefined ? pod.phase : `${pod.phase} (${pod.phaseReason})`;
  if (stopped !== undefined) return `container ${stopped.name} is not running${restarts(stopped)}`;
  return pod.ready ? undefined : 'running, not ready';
}

function goodEvidence(pod: ObservedPod): Evidence {
  const restarted = pod.containers.find((container) => container.restarts > 0);
  const detail = restarted === undefined ? 'running, ready' : `running, ready${restarts(restarted)}`;
  return { subject: pod.name, detail };
}

function restarts(container: ObservedContainer): string {
  if (container.restarts === 0) return '';
  return `, restarted ${container.restarts === 1 ? 'once' : `${container.restarts} times`}`;
}

function passedOverEvidence(pod: ObservedPod): Evidence {
  const state = pod.terminating ? 'terminating' : (pod.phaseReason ?? pod.phase);
  return { subject: pod.name, detail: `not counted: ${state}` };
}
