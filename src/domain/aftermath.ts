/** What the end of a release asks for: somebody to be woken, something to be written down, an alarm to be over. */
import type { PagingOccasion } from './paging.ts';
import type { ReleaseStatus } from './status.ts';
import type { EnvironmentSpec } from './target.ts';

export interface Aftermath {
  /** Absent: nobody is woken. */
  readonly page?: PagingOccasion;
  /** Ticket, web hook, post-mortem. */
  readonly writeDown: boolean;
  /** Which pages are over, of this release or of earlier ones. */
  readonly over: readonly PagingOccasion[];
}

type End = Pick<ReleaseStatus, 'outcome' | 'strategy'>;

export interface Touched {
  /** The target was touched, whatever came of it. */
  readonly changed: boolean;
  /** Somebody was woken already while it was being put back. */
  readonly alarmed?: boolean;
}

/** `end` is the final one. */
export function aftermathOf(
  end: End,
  { paging, incidents }: Pick<EnvironmentSpec, 'paging' | 'incidents'>,
  { changed, alarmed = false }: Touched,
): Aftermath {
  const occasion = occasionOf(end);
  const wentBack = wentBackAsAsked(end);
  const isWell = end.outcome === 'released' || wentBack;
  const isBack = alarmed && occasion !== 'rollbackFailed';
  return {
    ...(occasion !== undefined && paging?.on.includes(occasion) === true ? { page: occasion } : {}),
    // A rollback that went well is an incident, too: a person asked for it, with a reason. Stopping a release may do.
    writeDown:
      incidents !== undefined && changed && (occasion !== undefined || wentBack || stoppedAsAsked(end)),
    over:
      paging === undefined
        ? []
        : [
            ...(isWell ? (['failed'] as const) : []),
            ...(isWell || isBack ? (['rollbackFailed'] as const) : []),
          ],
  };
}

/** Ends of people's own making (an abort, a refusal, a rollback that they asked for) wake nobody. */
function occasionOf(end: End): PagingOccasion | undefined {
  switch (end.outcome) {
    case 'rollbackFailed':
      return 'rollbackFailed';
    case 'rolledBack':
      return wentBackAsAsked(end) ? undefined : 'failed';
    case 'failed':
      return end.strategy === 'rollback' ? 'rollbackFailed' : 'failed';
    default:
      return undefined;
  }
}

/** A rollback had nothing more to do once the release that it stopped had put the target back. */
function stoppedAsAsked({ outcome, strategy }: End): boolean {
  return outcome === 'unchanged' && strategy === 'rollback';
}

function wentBackAsAsked({ outcome, strategy }: End): boolean {
  return outcome === 'rolledBack' && strategy === 'rollback';
}
