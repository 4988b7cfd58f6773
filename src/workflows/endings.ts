/** How the end of a release is recorded and said. A rollback has endings of its own. */
import { deployedText, rollbackFailedText, rolledBackText, stoppedText } from '../domain/announcement.ts';
import { failureTypes, type FailureType } from '../domain/failures.ts';
import type { Outcome } from '../domain/status.ts';
import type { Target } from '../domain/target.ts';
import type { Announcer } from './announcer.ts';
import type { Progress } from './progress.ts';

interface Scene {
  readonly target: Target;
  readonly progress: Progress;
  readonly announcer: Announcer;
}

export interface Endings {
  /** Name of the step that puts things back. */
  readonly backStep: string;
  /** It reached its end: says so where people read it, and answers how that is recorded. */
  readonly succeeded: (
    scene: Scene,
    seconds: number,
  ) => {
    readonly outcome: Outcome;
    readonly reason: string;
    /** The target was changed for it, though not by this workflow. */
    readonly changed?: true;
  };
  /** What Slack is told when it ended before any change. */
  readonly stopped: (scene: Scene, reason: string) => string;
  /** It failed and the target is back on `version`. */
  readonly returned: (
    scene: Scene,
    version: string,
    reason: string,
  ) => { readonly outcome: Outcome; readonly type: FailureType; readonly announcement: string };
  /** What Slack is told when it failed and something could not be put back. */
  readonly notReturned: (scene: Scene, version: string, reason: string) => string;
}

export const releaseEndings: Endings = {
  backStep: 'Roll back',
  succeeded: ({ target, progress, announcer }, seconds) => {
    const { from, to, version, verification, dryRun } = progress.status;
    if (dryRun === true) return { outcome: 'planned', reason: 'A dry run: nothing was changed.' };
    if (target.environment.announcement !== undefined) {
      const text = deployedText(
        { displayName: target.service.displayName, version },
        { environment: target.environment.name, seconds, warnings: verification?.warnings ?? [] },
      );
      announcer.update(text);
      announcer.reply('outcome', text);
    }
    return { outcome: 'released', reason: `${from ?? 'nothing'} → ${to ?? version}, verified.` };
  },
  stopped: ({ progress, announcer: { displayName } }, reason) =>
    stoppedText({ displayName, version: progress.status.version }, reason),
  returned: ({ announcer: { displayName } }, version, reason) => ({
    outcome: 'rolledBack',
    type: failureTypes.rolledBack,
    announcement: rolledBackText({ displayName, version }, reason),
  }),
  notReturned: ({ announcer: { displayName } }, version, reason) =>
    rollbackFailedText({ displayName, version }, reason),
};

/** `unchanged` answers why there was nothing to do, if there was nothing. */
export function releaseEndingsUnless(unchanged: () => string | undefined): Endings {
  return {
    ...releaseEndings,
    succeeded: (scene, seconds) => {
      const nothing = unchanged();
      if (nothing === undefined) return releaseEndings.succeeded(scene, seconds);
      const { progress, announcer } = scene;
      // Only a release that was announced before somebody else brought the version has a message to mend.
      announcer.update(releaseEndings.stopped(scene, nothing));
      return { outcome: 'unchanged', reason: `${progress.status.version} runs already: nothing to do.` };
    },
  };
}
