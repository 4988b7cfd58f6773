import { Context } from '@temporalio/activity';
import type { RolloutResult } from '../../domain/rollout-result.ts';
import type { RolloutDecision } from '../../domain/rollout.ts';
import { judgeRollout } from '../../domain/rollout.ts';
import { failureTypes } from '../../domain/failures.ts';
import { createAlarm } from './alarm.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, placeOf } from './deployment.ts';
import { failure, messageOf, statusOf } from './failures.ts';
import { startRolloutView } from './rollout-view.ts';
import type { RolloutView } from './rollout-view.ts';
import type { AwaitRolloutInput } from './types.ts';

/** Often enough that a cancellation arrives soon and a dead worker is noticed. */
const heartbeatSeconds = 5;

/**
 * Watches a rollout and answers the moment the answer is known; a bad one once a list of that moment says so too, for
 * a watch may have died in silence. The time counts from when the activity was first scheduled, so that a retry does
 * not get it all again; of a return, which is tried until the cluster answers, it begins anew when the cluster does.
 * An API server that is away decides nothing: it is waited for, and when it is still away at the end this throws
 * `ClusterUnreachable`. Throws `NotFound` and `Forbidden` at the start. Grace periods compare the
 * cluster's times with this worker's clock.
 */
export async function awaitRollout(
  clients: ClusterClients,
  input: AwaitRolloutInput,
): Promise<RolloutResult> {
  const { info, cancellationSignal, cancelled } = Context.current();
  const startedAt = input.startedAt ?? info.scheduledTimestampMs;
  const timeoutMs = input.timeoutSeconds * 1000;
  let deadline = startedAt + timeoutMs;
  const ref = deploymentRef(input.target);
  const deployment = await clients.apps.readNamespacedDeployment(ref);
  const { nodePatienceSeconds } = input;
  const patience = nodePatienceSeconds === undefined ? {} : { nodePatienceSeconds };

  const stop = new AbortController();
  const alarm = createAlarm();
  const view = startRolloutView({
    clients,
    deployment,
    ref,
    container: input.target.service.container,
    expectedImage: input.image,
    onChange: alarm.ring,
    signal: stop.signal,
  });
  try {
    return await follow(view);
  } finally {
    stop.abort();
  }

  async function follow(rollout: RolloutView): Promise<RolloutResult> {
    let last: RolloutDecision | undefined;
    let isConfirmed = false;
    let isSeen = false;
    for (;;) {
      if (cancellationSignal.aborted) return cancelled;
      const now = Date.now();
      const observation = rollout.observe();
      const decision = observation && judgeRollout({ ...observation, ...patience }, now);
      last = decision ?? last;
      // The look that confirms the end is none of the cluster's absences.
      if (input.isReturn && decision !== undefined && !isSeen && !isConfirmed)
        deadline = Math.max(deadline, now + timeoutMs);
      isSeen = decision !== undefined;
      Context.current().heartbeat(last?.progress);
      const result = decision === undefined ? undefined : resultOf(decision, now, startedAt, deadline);
      if (result !== undefined && (isConfirmed || isGood(result))) return result;
      if (result !== undefined) rollout.refresh();
      if (decision === undefined) throwTrouble(rollout, last !== undefined, now >= deadline);
      else isConfirmed = result !== undefined;

      const next = Math.min(
        now + heartbeatSeconds * 1000,
        now < deadline ? deadline : Infinity,
        decision?.decision === 'waiting' ? (decision.reevaluateAt ?? Infinity) : Infinity,
      );
      await alarm.wait(next - now, cancellationSignal);
    }
  }

  /** A right that is missing from the start stays missing; one that a restarting server denies comes back. */
  function throwTrouble(rollout: RolloutView, hasSeen: boolean, isOver: boolean): void {
    const trouble = rollout.trouble();
    if (statusOf(trouble) === 403 && (!hasSeen || isOver)) throw trouble;
    if (trouble === undefined || !isOver) return;
    const message = `the rollout of Deployment ${ref.name} could not be seen to its end: ${messageOf(trouble)}. Check that the cluster is up; the wait goes on when it is.`;
    throw failure(failureTypes.clusterUnreachable, placeOf(input.target), message, true);
  }
}

function isGood({ outcome }: RolloutResult): boolean {
  return outcome === 'complete';
}

function resultOf(
  decision: RolloutDecision,
  now: number,
  startedAt: number,
  deadline: number,
): RolloutResult | undefined {
  const { progress } = decision;
  switch (decision.decision) {
    case 'complete':
      return { outcome: 'complete', progress, seconds: Math.round((now - startedAt) / 1000) };
    case 'failed': {
      const { rule, reason, evidence } = decision;
      return { outcome: 'failed', rule, reason, evidence, progress };
    }
    case 'changed':
      return { outcome: 'changed', reason: decision.reason, progress };
    case 'waiting': {
      if (now < deadline) return undefined;
      const reason = `not complete after ${Math.round((now - startedAt) / 1000)} s: ${decision.reason}`;
      const rule = decision.rule === undefined ? {} : { rule: decision.rule };
      return { outcome: 'timedOut', reason, ...rule, evidence: decision.evidence, progress };
    }
  }
}
