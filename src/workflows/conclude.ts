/** The end of a release: its result, its last words in Slack, and what follows. */
import { patched } from '@temporalio/workflow';
import { aftermathOf, type Touched } from '../domain/aftermath.ts';
import type { Outcome, ReleaseStatus } from '../domain/status.ts';
import { seeTo, type Scene } from './aftermath.ts';

interface Conclusion extends Touched {
  readonly outcome: Outcome;
  readonly reason: string;
}

/** Answers the final status. Whoever has to be woken, and what has to be written down, does not wait for Slack. */
export async function conclude(
  scene: Scene,
  { outcome, reason, ...touched }: Conclusion,
): Promise<ReleaseStatus> {
  const { target, progress, announcer } = scene;
  const { strategy } = progress.status;
  const { page, writeDown } = aftermathOf({ outcome, strategy }, target.environment, touched);
  const isUrgent = (page !== undefined || writeDown) && patched('incident-before-last-words');
  const lastWords = announcer.settled();
  if (!isUrgent) await lastWords;
  const status = await seeTo(scene, await progress.finish(outcome, reason), touched);
  if (!isUrgent) return status;
  await lastWords;
  return { ...status, notes: progress.status.notes };
}
