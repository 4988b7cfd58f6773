/** How containers ended, and what that means. */
import type { Evidence } from './check.ts';
import { lastWords } from './diagnosis-log-lines.ts';
import { logEvidence } from './diagnosis-look.ts';
import type { DiagnosisObservation, LogFact } from './diagnosis-observation.ts';
import type { ContainerObservation, Termination } from './rollout-observation.ts';

/** A container that has been ready for so long has got over how it ended before (milliseconds). */
const forgottenAfterMs = 30 * 60 * 1_000;

/** The newest end, unless the container has long been well since. */
export function endOf(container: ContainerObservation, at: number): Termination | undefined {
  const { terminated, lastTermination, ready, running } = container;
  if (ready && running !== undefined && at - running.startedAt > forgottenAfterMs) return undefined;
  return terminated ?? lastTermination;
}

/** Ends again and again, or has failed once; an init container that is done is not crashing. */
export function isCrashing({
  waiting,
  terminated,
  lastTermination,
  restarts,
  ready,
}: ContainerObservation): boolean {
  if (waiting?.reason === 'CrashLoopBackOff') return true;
  if (terminated !== undefined) return terminated.exitCode !== 0 || restarts > 0;
  return !ready && restarts > 0 && lastTermination !== undefined;
}

/** For people, for example `exit code 137 (killed: SIGKILL)`. */
export function exitWords({ exitCode, reason }: Termination): string {
  const meaning = exitMeaning(exitCode);
  const why = meaning ?? (['', 'Error', 'Completed'].includes(reason) ? undefined : reason);
  return `exit code ${exitCode}${why === undefined ? '' : ` (${why})`}`;
}

const meanings: Readonly<Record<number, string>> = {
  0: 'as if it were done',
  1: 'an error of the program',
  2: 'an error of the program, often wrong usage',
  126: 'the command may not be executed',
  127: 'the command was not found',
  134: 'aborted: SIGABRT',
  137: 'killed: SIGKILL',
  139: 'segmentation fault: SIGSEGV',
  143: 'asked to end: SIGTERM',
};

function exitMeaning(code: number): string | undefined {
  return meanings[code] ?? (code > 128 && code < 160 ? `signal ${code - 128}` : undefined);
}

/** Logs of the container that ended; of the one that runs where there is no other. */
export function logsOf({ logs }: DiagnosisObservation, container: string): readonly LogFact[] {
  const its = logs.filter(
    (log) => log.container === container && log.lines.some((line) => line.trim() !== ''),
  );
  const previous = its.filter((log) => log.previous);
  return previous.length > 0 ? previous : its;
}

/** What each of the container's logs says last. */
export function lastLines(seen: DiagnosisObservation, container: string): readonly Evidence[] {
  return logsOf(seen, container).flatMap((log) => {
    const line = lastWords(log);
    return line === undefined ? [] : [logEvidence(log, line.trim())];
  });
}
