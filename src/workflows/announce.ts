/** The announcement, in environments that ask for one, and its lead time. */
import { sleep } from '@temporalio/workflow';
import { inProgressText, startingText } from '../domain/announcement.ts';
import { onCallWords } from '../domain/checklist-state.ts';
import { recheckAfterSeconds } from '../domain/defaults.ts';
import { versionOf } from '../domain/version-of.ts';
import type { Target } from '../domain/target.ts';
import type { Stage } from './conduct.ts';
import { tellOnCall } from './on-call.ts';

/** Answers whether so much time went by that the cluster must be looked at again. */
export async function announce(
  plan: { readonly to: string },
  { target, announcer, progress }: Stage,
): Promise<boolean> {
  const lead = target.environment.announcement?.leadSeconds;
  const told = tellOnCall({ target, progress });
  if (lead === undefined) {
    progress.skip('Announce', `${target.environment.name} announces nothing`);
    await told;
    return false;
  }
  await progress.step(
    'Announce',
    async () => {
      const onCall = onCallWords(target.environment.checklist, progress.status.checklist ?? []);
      await announcer.open('announcement', startingText(subjectOf(plan, target), lead, onCall));
      if (lead === 0) return;
      const until = new Date(Date.now() + lead * 1_000).toISOString();
      progress.set({ waitingFor: { step: 'Announce', what: 'the announced start', until } });
      await sleep(lead * 1_000, { summary: `Announced lead: ${lead} s until the deployment starts` });
    },
    {
      lasting: true,
      next: lead > 0 ? `the deployment starts ${lead} s after the announcement` : 'back up',
      done: () => `lead ${lead} s`,
    },
  );
  await told;
  return lead >= recheckAfterSeconds;
}

/** What was announced begins now. */
export function announceStart(plan: { readonly to: string }, { target, announcer }: Stage): void {
  if (target.environment.announcement === undefined) return;
  announcer.update(inProgressText(subjectOf(plan, target), 'backing up'));
}

function subjectOf({ to }: { readonly to: string }, { service }: Target) {
  return { displayName: service.displayName, version: versionOf(to) };
}
