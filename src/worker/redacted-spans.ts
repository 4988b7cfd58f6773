/** Spans hold the words of errors: secrets are taken out before they leave. */
import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { redact } from '../domain/redact.ts';

export function redacting(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(redacted), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function redacted(span: ReadableSpan): ReadableSpan {
  const { message, ...status } = span.status;
  // A span is an object of a class: what is not named here is found through its prototype.
  return Object.create(span, {
    status: { value: message === undefined ? status : { ...status, message: redact(message) } },
    attributes: { value: redactedAttributes(span.attributes) },
    events: {
      value: span.events.map(withRedactedAttributes),
    },
    links: { value: span.links.map(withRedactedAttributes) },
  }) as ReadableSpan;
}

function withRedactedAttributes<T extends { readonly attributes?: Attributes | undefined }>(part: T): T {
  return part.attributes === undefined ? part : { ...part, attributes: redactedAttributes(part.attributes) };
}

function redactedAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, redactedValue(value)]));
}

function redactedValue(value: AttributeValue | undefined): AttributeValue | undefined {
  if (typeof value === 'string') return redact(value);
  if (!Array.isArray(value)) return value;
  return (value as readonly unknown[]).map((each) =>
    typeof each === 'string' ? redact(each) : each,
  ) as AttributeValue;
}
