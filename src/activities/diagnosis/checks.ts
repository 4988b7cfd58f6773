/** The service's own checks, asked of pods that the cluster believes to be well. */
import type { CheckFact, Seen } from '../../domain/diagnosis-observation.ts';
import { judgeAnswer } from '../../domain/check-http.ts';
import { isActive } from '../../domain/check-observation.ts';
import type { HttpCheck } from '../../domain/check.ts';
import { askCheck } from '../verification/ask-pods.ts';
import { observeTarget } from '../verification/observe-target.ts';
import type { Asker } from './answers.ts';
import { maxPods } from './limits.ts';
import { namedFirst } from './suspects.ts';

/**
 * Of each required check, the answers that are not as they should be. Pods that are not ready have other troubles;
 * those that failed before are asked first.
 */
export async function askChecks(
  { cluster, target, looker }: Asker,
  deployment: string,
  failedBefore: readonly string[],
): Promise<Seen<readonly CheckFact[]>> {
  const checks = target.service.verification.checks.filter(
    (check): check is HttpCheck => check.kind === 'http' && check.severity === 'required',
  );
  return looker.see("the service's own checks", async () => {
    const { pods } = await observeTarget(cluster, { namespace: target.environment.namespace, deployment });
    const ready = pods.filter((pod) => isActive(pod) && pod.ready);
    const asked = namedFirst(ready, failedBefore).slice(0, maxPods);
    const more = asked.length < ready.length ? { ready: ready.length } : {};
    const facts = await Promise.all(
      checks.map(async (check): Promise<CheckFact> => {
        const seen = await askCheck(
          {
            ...{ cluster, target, signal: looker.signal },
            list: () => Promise.resolve(asked),
            patience: () => Promise.resolve(false),
          },
          check,
        );
        const { name, method, port, path } = check;
        const failed = seen.flatMap((one) => {
          const { outcome, detail } = judgeAnswer(check, one);
          return outcome === 'pass' ? [] : [{ pod: one.pod, detail }];
        });
        return { name, asked: `${method} :${port}${path}`, pods: asked.length, ...more, failed };
      }),
    );
    return facts.filter(({ failed }) => failed.length > 0);
  });
}
