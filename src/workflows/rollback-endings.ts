/** How a rollback is said: the runbook's `[ROLLBACK]` line with the reason that a person gave. */
import {
  notRolledBackText,
  rollbackFailedText,
  rolledBackText,
  rollingBackText,
} from '../domain/announcement.ts';
import { failureTypes } from '../domain/failures.ts';
import type { Unchanged } from '../domain/refusal.ts';
import type { RollbackPlan } from '../domain/rollback-decision.ts';
import { versionOf } from '../domain/version-of.ts';
import type { Stage } from './conduct.ts';
import type { Endings } from './endings.ts';

/** Before anything is changed. Slack does not hold a rollback up. */
export function announceRollback({ announcer }: Stage, plan: RollbackPlan, reason: string): void {
  const { displayName } = announcer;
  const [from, version] = [versionOf(plan.from), versionOf(plan.to)];
  announcer.begin('announcement', rollingBackText({ displayName, from, version }, reason, plan.words));
}

/** `unchanged` answers why there was nothing to do, if there was nothing. */
export function rollbackEndings(reason: string, unchanged: () => Unchanged | undefined): Endings {
  return {
    backStep: 'Return to where it started',
    succeeded: ({ progress, announcer }) => {
      const nothing = unchanged();
      if (nothing?.putBack === true) {
        const why = `Nothing more to do: ${nothing.reason}. It was asked for because of: ${reason}.`;
        return { outcome: 'unchanged', reason: why, changed: true };
      }
      if (nothing !== undefined) return { outcome: 'unchanged', reason: `Nothing to do: ${nothing.reason}.` };
      const { from, to, version } = progress.status;
      const text = rolledBackText({ displayName: announcer.displayName, version }, reason);
      announcer.update(text);
      announcer.broadcast('outcome', text);
      return { outcome: 'rolledBack', reason: `${from ?? ''} → ${to ?? version}, verified: ${reason}.` };
    },
    stopped: ({ progress, announcer: { displayName } }, why) =>
      notRolledBackText({ displayName, version: versionOf(progress.status.from ?? 'what ran') }, why),
    returned: ({ announcer: { displayName } }, version, why) => ({
      outcome: 'failed',
      type: failureTypes.failed,
      announcement: notRolledBackText({ displayName, version }, why),
    }),
    notReturned: ({ announcer: { displayName } }, version, why) =>
      rollbackFailedText({ displayName, version }, why),
  };
}
