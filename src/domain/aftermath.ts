/** What the end of a release asks for: somebody to be woken, something to be written down, an alarm to be over. */
import type { PagingOccasion } from './paging.ts';
import type { ReleaseStatus } from './status.ts';
import type { EnvironmentSpec } from './target.ts';

export interface Aftermath {
  /** Absent: nobody is woken. */
  readonly page?: PagingOccasion;
  /** Ticket, web hook, post-mortem. */
  readonly writeDown: boolean;
  readonly resolve: boolean;
}

type End = Pick<ReleaseStatus, 'outcome' | 'strategy'>;

/** `end` is the final one; `changed`: the target was touched, whatever came of it. */
export function aftermathOf(
  end: End,
  { paging, incidents }: Pick<EnvironmentSpec, 'paging' | 'incidents'>,
  changed: boolean,
): Aftermath {
  const occasion = occasionOf(end);
  const wentBack = wentBackAsAsked(end);
  return {
    ...(occasion !== undefined && paging?.on.includes(occasion) === true ? { page: occasion } : {}),
    // A rollback that went well is an incident, too: a person asked for it, with a reason.
    writeDown: incidents !== undefined && changed && (occasion !== undefined || wentBack),
    resolve: paging !== undefined && (end.outcome === 'released' || wentBack),
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

function wentBackAsAsked({ outcome, strategy }: End): boolean {
  return outcome === 'rolledBack' && strategy === 'rollback';
}
