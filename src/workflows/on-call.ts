/** Whoever is woken later finds the release beside the incident. Notifies nobody. Never fails or holds up a release. */
import { isCancellation, workflowInfo } from '@temporalio/workflow';
import { incidentLinks } from '../domain/links.ts';
import { changeOf, noRoutingKey } from '../domain/paging-text.ts';
import { paging } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { reasonOf } from './failure.ts';
import { now } from './progress.ts';

export async function tellOnCall({ target, progress }: Pick<Stage, 'target' | 'progress'>): Promise<void> {
  const { namespace, workflowId, runId } = workflowInfo();
  const at = { from: now(), to: now(), run: { namespace, workflowId, runId } };
  const change = changeOf(progress.status, target, incidentLinks(target, {}, at));
  const policy = target.environment.paging;
  if (change === undefined || policy === undefined) return;
  try {
    const { outcome } = await paging('bounded').tellChange.executeWithOptions(
      { summary: 'Tell PagerDuty of the change' },
      [{ policy, ...change }],
    );
    if (outcome === 'unconfigured') progress.note(`Whoever is on call was not told: ${noRoutingKey}.`);
  } catch (error) {
    // Whoever stops the release hears of that elsewhere.
    if (!isCancellation(error)) progress.note(`Whoever is on call was not told: ${reasonOf(error)}`);
  }
}
