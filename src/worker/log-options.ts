/** How the log is written: read from the worker's command line. */
import type { LogLevel } from '@temporalio/worker';
import { StartError } from './start-error.ts';

export type LogFormat = 'text' | 'json';

export interface LogOptions {
  readonly format: LogFormat;
  readonly level: LogLevel;
}

const formats: readonly LogFormat[] = ['text', 'json'];
const levels: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

/** Lines are for people where people look on. Throws `StartError`. */
export function readLogOptions(
  { format, level }: { readonly format?: string | undefined; readonly level?: string | undefined },
  atTerminal = process.stderr.isTTY,
): LogOptions {
  return {
    format: oneOf('--log-format', formats, format) ?? (atTerminal ? 'text' : 'json'),
    level: oneOf('--log-level', levels, level) ?? 'INFO',
  };
}

function oneOf<T extends string>(
  flag: string,
  known: readonly T[],
  given: string | undefined,
): T | undefined {
  const found = known.find((each) => each.toLowerCase() === given?.toLowerCase());
  if (given === undefined || found !== undefined) return found;
  const list = known.map((each) => each.toLowerCase()).join(', ');
  throw new StartError(`${flag} ${given}: choose one of ${list}.`, 2);
}
