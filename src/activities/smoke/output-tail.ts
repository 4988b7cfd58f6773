/** The end of a program's output, as people may read it. */
import { stripVTControlCharacters } from 'node:util';
import { redact } from '../../domain/redact.ts';

/** Characters kept: more than the shown lines need, so that a secret over several lines is seen whole. */
const keptCharacters = 32 * 1024;

const shownLines = 20;

/** A payload carries evidence, not logs. */
const shownCharacters = 4_000;

export interface OutputTail {
  add(text: string): void;
  /** The last lines, redacted; empty when there was no output. */
  text(): string;
}

/** Holds no more than twice what it keeps, however much is added. */
export function createOutputTail(): OutputTail {
  let kept = '';
  let cut = false;
  return {
    add: (text) => {
      kept += text;
      if (kept.length <= 2 * keptCharacters) return;
      kept = kept.slice(-keptCharacters);
      cut = true;
    },
    text: () => lastLines(kept, cut),
  };
}

/** `cut`: the text begins somewhere within a line. */
export function lastLines(text: string, cut = false): string {
  const isShortened = cut || text.length > keptCharacters;
  const end = text.slice(-keptCharacters);
  // Half a line may hold half a secret, which is no longer recognised.
  const whole = isShortened ? end.slice(end.indexOf('\n') + 1) : end;
  const lines = redact(stripVTControlCharacters(whole))
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  const shown = lines.slice(-shownLines).join('\n');
  return shown.length <= shownCharacters ? shown : `…${shown.slice(1 - shownCharacters)}`;
}
