/** A release as `conduct` has it, which may also find that there is nothing to do. */
import type { ReleaseStatus } from '../domain/status.ts';
import type { TargetRef } from '../domain/target.ts';
import { conduct, type Stage } from './conduct.ts';
import { releaseEndingsUnless } from './endings.ts';
import { NothingToDo } from './nothing-to-do.ts';
import type { Progress } from './progress.ts';

export async function conductRelease(
  ref: TargetRef,
  progress: Progress,
  story: (stage: Stage) => Promise<void>,
): Promise<ReleaseStatus> {
  let nothing: string | undefined;
  return conduct(
    ref,
    progress,
    async (stage) => {
      nothing = await nothingIn(() => story(stage));
    },
    releaseEndingsUnless(() => nothing),
  );
}

/** Why there was nothing to do, if there was nothing. */
async function nothingIn(story: () => Promise<void>): Promise<string | undefined> {
  try {
    await story();
    return undefined;
  } catch (error) {
    if (error instanceof NothingToDo) return error.message;
    throw error;
  }
}
