/** Patterns of fairway.yaml meet what servers and other systems say: one that backtracks could stop the whole worker. */
import { RE2JS } from 're2js';

/** Matches in time linear in the text, whatever the pattern; `i` makes upper and lower case alike. */
export function linearPattern(source: string, flags: '' | 'i' = ''): (text: string) => boolean {
  const pattern = RE2JS.compile(RE2JS.translateRegExp(source), flags === 'i' ? RE2JS.CASE_INSENSITIVE : 0);
  return (text) => pattern.test(text);
}
