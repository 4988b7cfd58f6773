/** Waits until the Deployment runs an image on every replica; throws when it cannot. */
import { durationWords } from '../domain/status-details.ts';
import { failureTypes } from '../domain/failures.ts';
import { versionOf } from '../domain/version-of.ts';
import type { RolloutResult } from '../domain/rollout-result.ts';
import type { ClusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { failure } from './failure.ts';

/** Answers one line: how many replicas, after how long. */
export async function rollOut(stage: Stage, cluster: ClusterActivities, image: string): Promise<string> {
  const { target, announcer } = stage;
  const result = await cluster.rollout.awaitRollout.executeWithOptions(
    { summary: `Watch ${target.service.deployment} roll out ${versionOf(image)}` },
    [{ target, image, timeoutSeconds: target.service.timeouts.rolloutSeconds }],
  );
  if (result.outcome === 'complete') {
    const words = `${result.progress.available}/${result.progress.desired} replicas in ${durationWords(result.seconds * 1_000)}`;
    announcer.reply(`rollout-${image}`, `Rollout of ${versionOf(image)} complete: ${words}`);
    return words;
  }
  throw failure(
    result.outcome === 'changed' ? failureTypes.changedByOther : failureTypes.rolloutFailed,
    `the rollout of ${versionOf(image)} ${words(result)}`,
  );
}

function words(result: Exclude<RolloutResult, { outcome: 'complete' }>): string {
  const { available, desired } = result.progress;
  const seen = `${available}/${desired} replicas available`;
  switch (result.outcome) {
    case 'failed':
      return `failed: ${result.reason} [${result.rule}]; ${seen}`;
    case 'timedOut':
      return `did not complete in time: ${result.reason}; ${seen}`;
    case 'changed':
      return `was overtaken: ${result.reason}; ${seen}`;
  }
}
