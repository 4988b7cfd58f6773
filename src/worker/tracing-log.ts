/** OpenTelemetry's complaints as lines of the worker's log; a collector that is away makes one with every batch. */
import type { DiagLogger } from '@opentelemetry/api';

interface Log {
  warn(message: string): void;
}

/** Milliseconds between two lines. */
const quiet = 60_000;

export function tracingLog(log: Log, now: () => number = Date.now): DiagLogger {
  let lastAt = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  const complain = (said: string): void => {
    if (now() - lastAt < quiet) {
      leftOut += 1;
      return;
    }
    const others = leftOut === 0 ? '' : ` (and ${leftOut} more since the last such line)`;
    log.warn(`Traces are not sent as they should be: ${wordsOf(said)}${others}`);
    lastAt = now();
    leftOut = 0;
  };
  const nothing = () => undefined;
  return { error: complain, warn: complain, info: nothing, debug: nothing, verbose: nothing };
}

/** An error comes as JSON of all its properties, its stack among them. */
function wordsOf(said: string): string {
  try {
    const { message = '', code = '' } = JSON.parse(said) as { message?: string; code?: string };
    return (message.includes(code) ? message : `${message} (${code})`.trim()) || said;
  } catch {
    return said;
  }
}
