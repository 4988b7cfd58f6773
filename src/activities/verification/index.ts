import { Context } from '@temporalio/activity';
import { isActive } from '../../domain/check-observation.ts';
import { judgePromoted } from '../../domain/check-promoted.ts';
import { notMadeResult } from '../../domain/check-result.ts';
import type { CheckResult, VerificationReport } from '../../domain/check.ts';
import type { PromotedImage } from '../../domain/promotion.ts';
import { ranImage } from '../../domain/ran-image.ts';
import { verificationReport } from '../../domain/verification-report.ts';
import type { ReadAlerts } from '../alerting/types.ts';
import { toFailure } from '../kubernetes/failures.ts';
import type { VerificationCluster } from './cluster.ts';
import { observeTarget } from './observe-target.ts';
import { runCheck, type CheckScene } from './run-check.ts';
import { patienceWithSilence, patientObserver } from './settle.ts';
import type { VerificationActivities } from './types.ts';

/**
 * Reads only, so it can be repeated. Throws `Forbidden` (a right is missing), `NotFound` (the
 * Deployment) and `ClusterUnreachable`; whatever the pods do is in the report.
 */
export function createVerificationActivities(deps: {
  /** The cluster of a kube context; throws for one that this worker does not know. */
  readonly clusterOf: (context: string) => VerificationCluster;
  readonly readAlerts: ReadAlerts;
}): VerificationActivities {
  return {
    verifyTarget: async ({ target, image, since, promoted }) => {
      const { cluster: context, namespace } = target.environment;
      const { cancellationSignal } = Context.current();
      try {
        const cluster = deps.clusterOf(context);
        const { readAlerts } = deps;
        return await verify(
          { cluster, target, image, since, readAlerts, signal: cancellationSignal },
          promoted,
        );
      } catch (error) {
        if (cancellationSignal.aborted) throw cancellationSignal.reason;
        throw toFailure(error, { cluster: context, namespace });
      }
    },
  };
}

async function verify(
  scene: Omit<CheckScene, 'observe' | 'patience'>,
  promoted: PromotedImage | undefined,
): Promise<VerificationReport> {
  const { cluster, target } = scene;
  const seconds = target.service.timeouts.verificationSeconds;
  const deadline = AbortSignal.timeout(seconds * 1000);
  const signal = AbortSignal.any([scene.signal, deadline]);
  const at = { namespace: target.environment.namespace, deployment: target.service.deployment };
  const observe = patientObserver(cluster, at, signal);
  const patience = patienceWithSilence(signal);
  const results: CheckResult[] = [];
  for (const spec of target.service.verification.checks) {
    Context.current().heartbeat({ check: spec.name });
    try {
      signal.throwIfAborted();
      results.push(await runCheck({ ...scene, observe, patience, signal }, spec));
    } catch (error) {
      if (scene.signal.aborted || !deadline.aborted) throw error;
      results.push(notMadeResult(spec, `the time for the verification, ${seconds} s, was over`));
    }
  }
  const { pods, images } = await observeTarget(cluster, at);
  const { container } = target.service;
  const image = scene.image ?? images[container] ?? '';
  if (promoted !== undefined) {
    const { name: environment } = target.environment;
    // First: another image explains whatever else is not as expected.
    results.unshift(judgePromoted(promoted, { pods, container, image, environment }));
  }
  const ran = ranImage(pods, container, image);
  return verificationReport(results, pods.filter(isActive).length, ran);
}
