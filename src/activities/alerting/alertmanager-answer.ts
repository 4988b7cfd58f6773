import { z } from 'zod';
import type { AlertsObservation, FiringAlert } from '../../domain/alerts.ts';
import { optional } from '../../domain/fields.ts';
import { excerpt } from '../../domain/redact.ts';
import { maxExcerpt } from './limits.ts';

const texts = z.record(z.string(), z.string());

const alert = z.object({
  fingerprint: z.string(),
  startsAt: z.iso.datetime({ offset: true }),
  labels: texts,
  annotations: texts.optional(),
});

/** Those that fire, the oldest first. */
export function readAlerts(text: string): AlertsObservation {
  const parsed = z.array(alert).safeParse(parse(text));
  if (!parsed.success) return { state: 'unknown', reason: "the answer is not one of Alertmanager's API" };
  const firing = parsed.data.map(toAlert).sort((a, b) => a.since - b.since);
  return { state: 'seen', firing };
}

function toAlert({ fingerprint, startsAt, labels, annotations = {} }: z.infer<typeof alert>): FiringAlert {
  const said = annotations['summary'] ?? annotations['description'];
  const severity = labels['severity'];
  return {
    name: excerpt(labels['alertname'] ?? 'an alert without a name', maxExcerpt),
    ...optional('severity', severity === undefined ? undefined : excerpt(severity, maxExcerpt)),
    ...optional('summary', said === undefined ? undefined : excerpt(said, maxExcerpt)),
    since: Date.parse(startsAt),
    fingerprint,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
