import { failureTypes } from '../../domain/failures.ts';
import { withTag } from '../../domain/image.ts';
import type { Target } from '../../domain/target.ts';
import { refusal } from './failures.ts';
import { createHelmCli, type HelmCliDeps } from './helm-cli.ts';
import { helmRelease } from './helm-release.ts';
import { listHelmRevisions } from './list-helm-revisions.ts';
import { observeRelease } from './observe-release.ts';
import { previewUpgrade } from './preview-upgrade.ts';
import { renderUpgrade } from './render-upgrade.ts';
import { rollBackRelease } from './roll-back-release.ts';
import type { HelmActivities, HelmPreviewer, HelmReader } from './types.ts';
import { upgradeRelease } from './upgrade-release.ts';

export interface HelmActivitiesDeps extends HelmCliDeps {
  /** How old an own pending revision must be to count as abandoned; 30 s when absent. */
  readonly pendingGraceSeconds?: number;
  /** What the Deployment asks for: helm would overwrite what somebody set there past it. Absent: not looked at. */
  readonly running?: (target: Target) => Promise<Running>;
  /** Asked before a rollback; what it answers is called after it, and marks in the cluster what was left. */
  readonly leaving?: (target: Target) => Promise<() => Promise<void>>;
}

interface Running {
  /** Of the container. */
  readonly image: string;
  readonly replicas: number;
}

/**
 * A helm whose worker was killed runs on for a few seconds: it waits for nothing but hooks. One that
 * waits longer ends with the revision that the recovery puts on top, for both want the same.
 */
const defaultPendingGraceSeconds = 30;

export function createHelmActivities(deps: HelmActivitiesDeps): HelmActivities {
  const runHelm = createHelmCli(deps);
  const graceSeconds = deps.pendingGraceSeconds ?? defaultPendingGraceSeconds;
  return {
    upgradeHelmRelease: async ({ target, tag, key, from }) => {
      if (from !== undefined) await assertRuns(deps, target, [from, withTag(target.service.image, tag)]);
      return upgradeRelease(helmRelease(runHelm, target), { tag, key, graceSeconds });
    },
    rollBackHelmRelease: async ({ target, revision, undoes }) => {
      const { running, leaving } = deps;
      return rollBackRelease(helmRelease(runHelm, target), {
        revision,
        graceSeconds,
        ...(undoes === undefined ? {} : { undoes }),
        ...(leaving === undefined ? {} : { leaving: () => leaving(target) }),
        ...(running === undefined ? {} : { liveReplicas: async () => (await running(target)).replicas }),
      });
    },
  };
}

async function assertRuns(
  { running }: HelmActivitiesDeps,
  target: Target,
  expected: readonly string[],
): Promise<void> {
  const runs = (await running?.(target))?.image;
  if (runs === undefined || expected.includes(runs)) return;
  throw refusal(
    failureTypes.changedByOther,
    `Deployment ${target.service.deployment} runs ${runs}, and ${expected[0] ?? ''} was expected: somebody changed it during the release, and it was left alone`,
  );
}

export function createHelmReader(deps: HelmCliDeps): HelmReader & HelmPreviewer {
  const runHelm = createHelmCli(deps);
  return {
    observeRelease: async (target) => observeRelease(helmRelease(runHelm, target)),
    listRevisions: async (target) => listHelmRevisions(helmRelease(runHelm, target)),
    renderUpgrade: async (target, tag) => renderUpgrade(helmRelease(runHelm, target), tag),
    previewUpgrade: async (target, tag) => previewUpgrade(helmRelease(runHelm, target), tag),
  };
}
