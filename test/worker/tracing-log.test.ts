import { expect, test } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { openTracing } from '../../src/worker/tracing.ts';
import { tracingLog } from '../../src/worker/tracing-log.ts';

function aLog() {
  const lines: string[] = [];
  let now = 0;
  const log = tracingLog({ warn: (line) => lines.push(line) }, () => now);
  return { lines, log, passes: (milliseconds: number) => (now += milliseconds) };
}

/** As OpenTelemetry words an error. */
const away = JSON.stringify({ stack: 'Error: …', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' });

test('a collector that is away is one line a minute, which tells how many there were', () => {
  const { lines, log, passes } = aLog();
  for (let i = 0; i < 5; i += 1) log.error(away);
  passes(60_000);
  log.warn('Dropped 3 spans because maxQueueSize reached');
  expect(lines).toEqual([
    'Traces are not sent as they should be: connect ECONNREFUSED',
    'Traces are not sent as they should be: Dropped 3 spans because maxQueueSize reached (and 4 more since the last such line)',
  ]);
});

test('what OpenTelemetry does otherwise is not of interest', () => {
  const { lines, log } = aLog();
  log.info('a');
  log.debug('b');
  log.verbose('c');
  expect(lines).toEqual([]);
});

test('a worker whose collector is not there says so', async () => {
  // Its packages read the process's own.
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = 'http://127.0.0.1:9';
  const lines: string[] = [];
  try {
    const tracing = await openTracing({ warn: (line) => lines.push(line) });
    trace.getTracer('test').startSpan('one').end();
    await tracing?.close();
  } finally {
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  }
  expect(lines).toEqual([expect.stringMatching(/^Traces are not sent.*ECONNREFUSED 127\.0\.0\.1:9$/)]);
});
