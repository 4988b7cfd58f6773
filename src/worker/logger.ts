/** The worker's log: one line a thing, with the release and its target where it is about one. */
import type { Logger, LogLevel } from '@temporalio/worker';
import { pino } from 'pino';
import { redact } from '../domain/redact.ts';
import { logFields } from './log-fields.ts';
import type { LogOptions } from './log-options.ts';
import { logText } from './log-text.ts';

/** `write` takes whole lines; standard error when absent. */
export function createLogger(
  { format, level }: LogOptions,
  write: (line: string) => void = toStandardError,
): Logger {
  const asText = (line: string) => write(logText(JSON.parse(line) as Record<string, unknown>));
  const log = pino(
    {
      level: level.toLowerCase(),
      // The machine's name and the process are for whoever collects the lines to add.
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: format === 'json' ? write : asText },
  );
  const say = (at: LogLevel, message: string, meta: object = {}) =>
    log[levelOf(at)](logFields(meta), redact(message));
  return {
    log: say,
    trace: (message, meta) => say('TRACE', message, meta),
    debug: (message, meta) => say('DEBUG', message, meta),
    info: (message, meta) => say('INFO', message, meta),
    warn: (message, meta) => say('WARN', message, meta),
    error: (message, meta) => say('ERROR', message, meta),
  };
}

function levelOf(level: LogLevel) {
  return level.toLowerCase() as Lowercase<LogLevel>;
}

function toStandardError(line: string): void {
  process.stderr.write(line);
}
