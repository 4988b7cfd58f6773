/** Lines of logs: which of them tell of an error, and which are no complaint in their own words. */
import type { LogFact } from './diagnosis-observation.ts';

/** Lines at the end of a log in which a program says why it ends. */
const tellingLineCount = 20;

const errorWords =
  /\b(?:fatal|panic|\w*error|\w*exception|critical|failed|traceback|cannot|unable|abort(?:ed|ing)?)\b|error:/i;

/** As they stand at a line's beginning, after its time and whatever names the logger. */
const level =
  /\b(?:TRACE|DEBUG|VERBOSE|INFO|NOTICE|LOG:|WARN(?:ING)?|ERROR|SEVERE|FATAL|CRITICAL|PANIC)(?![A-Za-z_])/;
const calm = /^(?:TRACE|DEBUG|VERBOSE|INFO|NOTICE|LOG:)/;
/** Characters in which a level stands, if there is one. */
const levelWithin = 100;
/** `level=info`, `"level":"info"`, pino's `"level":30`, .NET's `info:`, klog's `I1128 10:00:00`. */
const calmOtherwise =
  /\b(?:level|lvl|severity)["']?\s*[:=]\s*["']?(?:(?:trace|debug|verbose|info|notice)\b|[123]0\b)|^\s*\[?(?:trace|debug|verbose|dbug|info)\]?\s*[:|\]]|^[ID]\d{4} /i;

/** The program itself says that the line is no complaint. */
export function isCalm(line: string): boolean {
  const [first] = level.exec(line.slice(0, levelWithin)) ?? [];
  return first === undefined ? calmOtherwise.test(line) : calm.test(first);
}

const counted = String.raw`(?:errors?|failures?|failed|failing|pending|missing|invalid|unapplied|problems?|exceptions?|aborted)`;
const noneBefore = new RegExp(
  String.raw`\b(?:0|no|zero|without(?: any)?|never)\s+(?:\w+\s+)?${counted}\b`,
  'gi',
);
const noneAfter = new RegExp(
  String.raw`\b${counted}["']?\s*[:=]\s*(?:0\b(?!\.\d)|none\b|null\b|nil\b|false\b|\[\]|""|'')`,
  'gi',
);

/** Without `0 errors`, `no pending migrations` and `failed: 0`: words of trouble that say that there is none. */
export function withoutNone(line: string): string {
  return line.replace(noneBefore, ' ').replace(noneAfter, ' ');
}

function tellsOfError(line: string): boolean {
  return errorWords.test(withoutNone(line));
}

/** The last line that tells of an error; else the last line. */
export function lastWords({ lines }: LogFact): string | undefined {
  const said = lines.filter((line) => line.trim() !== '');
  return [...said].reverse().find(tellsOfError) ?? said[said.length - 1];
}

/** The last lines to look for a cause in: those that tell of an error, and the others that are not calm either. */
export function tellingLines({ lines }: LogFact): {
  readonly errors: readonly string[];
  readonly others: readonly string[];
} {
  const all = lines
    .filter((line) => line.trim() !== '')
    .slice(-tellingLineCount)
    .filter((line) => !isCalm(line));
  return { errors: all.filter(tellsOfError), others: all.filter((line) => !tellsOfError(line)) };
}
