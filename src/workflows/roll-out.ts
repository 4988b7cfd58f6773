/** Waits until the Deployment runs an image on every replica; throws when it cannot. */
import { durationWords } from '../domain/status-details.ts';
import { failureTypes } from '../domain/failures.ts';
import { versionOf } from '../domain/version-of.ts';
import type { RolloutResult } from '../domain/rollout-result.ts';
import type { ClusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { failure, failureOf, type Suspect } from './failure.ts';
import { ofDeployment } from './of-deployment.ts';
import type { Progress } from './progress.ts';

interface RollOut {
  /** Name of the Deployment; absent: the target's own. */
  readonly deployment?: string;
  /** Pods that it had when the plan was made; another number is somebody's wish, and is said. */
  readonly planned?: number;
}

/** Answers one line: how many replicas, after how long. */
export async function rollOut(
  { target, announcer, progress }: Stage,
  cluster: ClusterActivities,
  image: string,
  { deployment = target.service.deployment, planned }: RollOut = {},
): Promise<string> {
  const result = await cluster.rollout.awaitRollout.executeWithOptions(
    { summary: `Watch ${deployment} roll out ${versionOf(image)}` },
    [
      {
        target: ofDeployment(target, deployment),
        image,
        timeoutSeconds: target.service.timeouts.rolloutSeconds,
        ...cluster.time,
      },
    ],
  );
  const words = rolledOut(result, { deployment, image });
  if (planned !== undefined) noteScaling(progress, { deployment, planned, found: result.progress.desired });
  announcer.reply(`rollout-${deployment}-${image}`, `Rollout of ${versionOf(image)} complete: ${words}`);
  return words;
}

interface Scaled {
  readonly deployment: string;
  readonly planned: number;
  readonly found: number;
}

/** Somebody scaled the target during the release: theirs stays, and it is said. */
export function noteScaling(progress: Progress, { deployment, planned, found }: Scaled): void {
  if (found === planned) return;
  progress.note(
    `Deployment ${deployment} was scaled from ${planned} to ${found} during the release, and left as it is now.`,
  );
}

/** One line when it is complete; throws what kept it from completing. */
export function rolledOut(
  result: RolloutResult,
  suspect: Required<Pick<Suspect, 'deployment' | 'image'>>,
): string {
  if (result.outcome === 'complete') {
    const { available, desired } = result.progress;
    return `${available}/${desired} replicas in ${durationWords(result.seconds * 1_000)}`;
  }
  const words = `the rollout of ${versionOf(suspect.image)} ${troubleWords(result)}`;
  throw result.outcome === 'changed'
    ? failure(failureTypes.changedByOther, words)
    : failureOf(suspect, failureTypes.rolloutFailed, words);
}

function troubleWords(result: Exclude<RolloutResult, { outcome: 'complete' }>): string {
  const { available, desired } = result.progress;
  const seen = `${available}/${desired} replicas available`;
  switch (result.outcome) {
    case 'failed':
      return `failed: ${result.reason} [${result.rule}]; ${seen}`;
    case 'timedOut':
      return `did not complete in time: ${result.reason}${result.rule === undefined ? '' : ` [${result.rule}]`}; ${seen}`;
    case 'changed':
      return `was overtaken: ${result.reason}; ${seen}`;
  }
}
