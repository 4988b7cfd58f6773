/**
 * What a workflow measures; the worker serves it. Nothing is counted on replay, and no command depends on it.
 * Labels are names of fairway.yaml and words of Fairway: never an ID, a version or a person.
 */
import { metricMeter } from '@temporalio/workflow';
import type { Gate } from '../domain/search-attributes.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import type { Target } from '../domain/target.ts';

type Named = Pick<ReleaseStatus, 'service' | 'environment'>;

/** At its end, once: by the workflow that people started. */
export function countRelease({ service, environment, strategy, outcome }: ReleaseStatus): void {
  metricMeter
    .createCounter('fairway_releases', undefined, 'Releases and other runs that ended, by outcome')
    .add(1, { service, environment, strategy, outcome: outcome ?? 'none' });
}

export function recordStep(
  { strategy }: Pick<ReleaseStatus, 'strategy'>,
  step: { readonly step: string; readonly result: 'done' | 'failed'; readonly seconds: number },
): void {
  const { seconds, ...labels } = step;
  metricMeter
    .createHistogram('fairway_step_seconds', 'float', 's', 'How long the steps of releases took')
    .record(seconds, { strategy, ...labels });
}

/** What was found about a version: by the checks of verification, or by comparing it with the old one. */
export function countVerdict(
  kind: 'verification' | 'analysis',
  verdict: 'pass' | 'fail' | 'inconclusive',
  target: Target,
): void {
  metricMeter
    .createCounter('fairway_verdicts', undefined, 'Verdicts on versions, by kind')
    .add(1, { kind, verdict, ...named(target) });
}

/** Something that a release changed could not be put back: a person has to. */
export function countFailedCompensations(count: number, target: Target): void {
  if (count === 0) return;
  metricMeter
    .createCounter('fairway_compensations_failed', undefined, 'Changes that could not be put back')
    .add(count, named(target));
}

/** When the wait is over. `since` in milliseconds since 1970. */
export function recordGateWait(kind: Gate, since: number, target: Target): void {
  recordWait('fairway_gate_seconds', 'How long releases waited for people or windows', since, {
    kind,
    ...named(target),
  });
}

/** `since` in milliseconds since 1970. */
export function recordQueueWait(since: number, { service, environment }: Named): void {
  recordWait('fairway_queue_seconds', 'How long releases waited for their target', since, {
    service,
    environment,
  });
}

function recordWait(name: string, about: string, since: number, labels: Record<string, string>): void {
  metricMeter.createHistogram(name, 'float', 's', about).record((Date.now() - since) / 1_000, labels);
}

function named({ service, environment }: Target): Named {
  return { service: service.name, environment: environment.name };
}
