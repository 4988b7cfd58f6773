/** What a dry run found, as the text that follows the plan. */
import type { Problem } from './observation.ts';

/** What one request of the release would make of one object. */
export interface PlannedChange {
  /** For people: `Deployment shop-server-canary (new, beside shop-server)`. */
  readonly object: string;
  /** Lines of `planDiff`, bounded. */
  readonly diff: readonly string[];
  /** Lines beyond the bound. */
  readonly leftOut: number;
}

export type DryRunResult =
  | {
      readonly outcome: 'accepted';
      readonly changes: readonly PlannedChange[];
      /** What the API server warned of while it accepted. */
      readonly warnings: readonly string[];
    }
  | { readonly outcome: 'refused'; readonly problems: readonly Problem[] };

/** Beyond these nobody reads on; and the text lives in the release's history. */
const maxLines = 60;
const maxLinesInAll = 120;

/** The first lines of each change, and how many more there were. */
export function bounded(
  changes: readonly { readonly object: string; readonly diff: readonly string[] }[],
): readonly PlannedChange[] {
  let room = maxLinesInAll;
  return changes.map(({ object, diff }) => {
    const shown = diff.slice(0, Math.min(maxLines, room));
    room -= shown.length;
    return { object, diff: shown, leftOut: diff.length - shown.length };
  });
}

export function dryRunText({ changes, warnings }: Extract<DryRunResult, { outcome: 'accepted' }>): string {
  return (
    [
      'What the cluster would make of it, asked without a change:',
      ...changes.flatMap(({ object, diff, leftOut }) => [
        diff.length === 0 && leftOut === 0 ? `${object}: stays as it is` : `${object}:`,
        ...diff.map((line) => `  ${line}`),
        ...(leftOut === 0 ? [] : [`  … and ${leftOut} more lines`]),
      ]),
      ...warnings.map((warning) => `- The API server warns: ${warning}`),
    ]
      .join('\n')
      // It stands in a block of code.
      .replaceAll('```', "'''")
  );
}
