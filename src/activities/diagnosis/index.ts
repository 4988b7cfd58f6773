import { Context } from '@temporalio/activity';
import { diagnose } from '../../domain/diagnosis-report.ts';
import { failureTypes } from '../../domain/failures.ts';
import { placeOf } from '../kubernetes/deployment.ts';
import { failure } from '../kubernetes/failures.ts';
import { withFailures, withHeartbeat } from '../kubernetes/run-activity.ts';
import { answerMarginMs } from './limits.ts';
import { createLooker } from './looker.ts';
import { observe } from './observe.ts';
import type { DiagnosisCluster } from './scene.ts';
import type { DiagnoseInput, DiagnosisActivities } from './types.ts';

/** Reads only, so it can be repeated. */
export function createDiagnosisActivities(deps: {
  /** The cluster of a kube context; throws for one that this worker does not know. */
  readonly clusterOf: (context: string) => DiagnosisCluster;
}): DiagnosisActivities {
  return {
    diagnose: withFailures((input: DiagnoseInput) =>
      withHeartbeat(() => lookAndJudge(deps.clusterOf, input)),
    ),
  };
}

async function lookAndJudge(clusterOf: (context: string) => DiagnosisCluster, input: DiagnoseInput) {
  const { target, seconds } = input;
  const { cancellationSignal } = Context.current();
  const cluster = clusterOf(target.environment.cluster);
  const time = AbortSignal.timeout(Math.max(1, seconds * 1_000 - answerMarginMs));
  // What is still under way when it answers is ended, too.
  const answered = new AbortController();
  const signal = AbortSignal.any([cancellationSignal, time, answered.signal]);
  try {
    const looker = createLooker(signal, seconds);
    const seen = await observe(cluster, input, looker);
    cancellationSignal.throwIfAborted();
    if (!looker.hasAnswer()) {
      const why = seen.gaps[0] ?? 'nothing could be seen';
      throw failure(
        failureTypes.clusterUnreachable,
        placeOf(target),
        `${why}. Check that the cluster is up and that this worker reaches it.`,
        true,
      );
    }
    return diagnose(seen);
  } finally {
    answered.abort();
  }
}
