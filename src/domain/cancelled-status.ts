/** The last word on a release that was cancelled: the workflow that held the target ends without one, as Temporal has it. */
import { endStep, finishStatus, type ReleaseStatus } from './status.ts';

export function cancelledStatus(status: ReleaseStatus, now: string): ReleaseStatus {
  const stopped = status.steps
    .filter(({ state }) => state === 'running')
    .reduce((before, { name }) => endStep(before, name, 'failed', now, 'stopped'), status);
  return finishStatus(stopped, 'aborted', 'The workflow was cancelled; what it had changed was put back.');
}
