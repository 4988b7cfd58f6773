/** The announcement, in environments that ask for one, and its lead time. */
import { sleep } from '@temporalio/workflow';
import { inProgressText, startingText } from '../domain/announcement.ts';
import { recheckAfterSeconds } from '../domain/defaults.ts';
import { versionOf } from '../domain/version-of.ts';
import type { Stage } from './conduct.ts';

/** Answers whether so much time went by that the cluster must be looked at again. */
export async function announce(
  plan: { readonly to: string },
  { target, announcer, progress }: Stage,
): Promise<boolean> {
  const lead = target.environment.announcement?.leadSeconds;
  if (lead === undefined) {
    progress.skip('Announce', `${target.environment.name} announces nothing`);
    return false;
  }
  const subject = { displayName: target.service.displayName, version: versionOf(plan.to) };
  await progress.step(
    'Announce',
    async () => {
      await announcer.open('announcement', startingText(subject, lead));
      if (lead > 0)
        await sleep(lead * 1_000, { summary: `Announced lead: ${lead} s until the deployment starts` });
      announcer.update(inProgressText(subject, 'backing up'));
    },
    {
      lasting: true,
      next: lead > 0 ? `the deployment starts ${lead} s after the announcement` : 'back up',
      done: () => `lead ${lead} s`,
    },
  );
  return lead >= recheckAfterSeconds;
}
