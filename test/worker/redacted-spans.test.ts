import { SpanStatusCode } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { expect, test } from '@jest/globals';
import { redacting } from '../../src/worker/redacted-spans.ts';

const secret = 'hunter2hunter2';

test('whatever holds words in a span leaves without secrets, and all else as it was', async () => {
  const kept = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(redacting(kept))] });
  const tracer = provider.getTracer('test');
  const first = tracer.startSpan('first');
  const span = tracer.startSpan('RunActivity:verify', {
    attributes: {
      workflowId: 'shop-4.1.0',
      said: `password=${secret}`,
      all: [`token: ${secret}`, 'ok'],
      attempt: 2,
    },
    links: [{ context: first.spanContext(), attributes: { why: `Authorization: Bearer ${secret}` } }],
  });
  span.addEvent('looked', { answer: `https://me:${secret}@db/shop` });
  span.recordException(new Error(`postgres://me:${secret}@db/shop refused`));
  span.setStatus({ code: SpanStatusCode.ERROR, message: `login with password=${secret}` });
  span.end();
  await provider.forceFlush();

  const [sent] = kept.getFinishedSpans();
  expect(sent).toMatchObject({
    name: 'RunActivity:verify',
    status: { code: SpanStatusCode.ERROR, message: 'login with password=[redacted]' },
    attributes: {
      workflowId: 'shop-4.1.0',
      said: 'password=[redacted]',
      all: ['token: [redacted]', 'ok'],
      attempt: 2,
    },
  });
  expect(sent?.spanContext()).toEqual(span.spanContext());
  expect(sent?.events.map(({ name }) => name)).toEqual(['looked', 'exception']);
  expect(JSON.stringify([sent?.status, sent?.attributes, sent?.events, sent?.links])).not.toContain(secret);
  await provider.shutdown();
});
