/** What a dry run found, as the text that follows the plan. */
import type { Problem } from './observation.ts';
import { shortened } from './shortened.ts';

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

/** Beyond these nobody reads on. The text lives in the history, and beside the rest of the details. */
const maxLines = 60;
const maxBytes = 8_000;
const maxWarnings = 5;
const maxWarningBytes = 400;

/** The first lines of each change, and how many more there were. */
export function bounded(changes: readonly Omit<PlannedChange, 'leftOut'>[]): readonly PlannedChange[] {
  const encoder = new TextEncoder();
  let room = maxBytes;
  const fits = (line: string): boolean => {
    room -= encoder.encode(line).length;
    return room >= 0;
  };
  return changes.map(({ object, diff }) => {
    const end = diff.slice(0, maxLines).findIndex((line) => !fits(line));
    const shown = diff.slice(0, end === -1 ? maxLines : end);
    return { object, diff: shown, leftOut: diff.length - shown.length };
  });
}

/** Each once, as far as they say something new. */
export function boundedWarnings(warnings: readonly string[]): readonly string[] {
  return [...new Set(warnings)].slice(0, maxWarnings).map((warning) => shortened(warning, maxWarningBytes));
}

export function dryRunText({ changes, warnings }: Extract<DryRunResult, { outcome: 'accepted' }>): string {
  return (
    [
      'What the cluster would make of it, asked without a change:',
      ...changes.flatMap(({ object, diff, leftOut }) => [
        diff.length === 0 && leftOut === 0 ? `${object}: nothing changes` : `${object}:`,
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
