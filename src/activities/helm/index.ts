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
    upgradeHelmRelease: async ({ target, tag, key }) =>
      upgradeRelease(helmRelease(runHelm, target), { tag, key, graceSeconds }),
    rollBackHelmRelease: async ({ target, revision }) =>
      rollBackRelease(helmRelease(runHelm, target), { revision, graceSeconds }),
  };
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
