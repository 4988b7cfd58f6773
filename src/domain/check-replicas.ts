import type { CheckResult, ReplicasCheck } from './check.ts';
import type { ObservedReplicas } from './check-observation.ts';
import { checkResult } from './check-result.ts';

/**
 * All replicas exist, run the newest template and are available. `readyReplicas == replicas`
 * would also hold for a Deployment that has not begun to roll out.
 */
export function judgeReplicas(spec: ReplicasCheck, seen: ObservedReplicas): CheckResult {
  const subject = `Deployment/${seen.deployment}`;
  const numbers = `${seen.desired} desired, ${seen.total} existing, ${seen.updated} updated, ${seen.available} available`;
  if (seen.observedGeneration < seen.generation) {
    const detail = `generation ${seen.generation}, observed ${seen.observedGeneration}; ${numbers}`;
    return checkResult(spec, {
      verdict: 'fail',
      reason: 'mismatch',
      summary: 'the last change to the Deployment has not been acted on yet',
      against: [{ subject, detail }],
    });
  }
  if (seen.desired === 0 && seen.total === 0) {
    return checkResult(spec, {
      verdict: 'inconclusive',
      reason: 'noPods',
      summary: 'the Deployment is scaled to 0, so there is nothing to verify',
      evidence: [{ subject, detail: numbers }],
    });
  }
  const complete = [seen.total, seen.updated, seen.available].every((count) => count === seen.desired);
  if (complete) {
    return checkResult(spec, {
      verdict: 'pass',
      summary: `${seen.available}/${seen.desired} replicas updated and available`,
      evidence: [{ subject, detail: numbers }],
    });
  }
  return checkResult(spec, {
    verdict: 'fail',
    reason: seen.total === 0 ? 'noPods' : 'mismatch',
    summary: numbers,
    against: [{ subject, detail: numbers }],
  });
}
