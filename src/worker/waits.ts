/**
 * Serves the number of releases that wait, as Temporal lists them: so it is right whatever workers were restarted,
 * and the same from every control worker.
 */
import { setTimeout } from 'node:timers/promises';
import type { MetricGauge, MetricMeter } from '@temporalio/common';
import type { ListedWorkflow, WorkflowLists } from '../activities/temporal/workflow-lists.ts';
import { gates, searchAttributeNames } from '../domain/search-attributes.ts';

export interface Waits {
  /** Resolves when nothing is asked of the server any more. */
  close(): Promise<void>;
}

const query = `ExecutionStatus = 'Running' AND ${searchAttributeNames.waitsFor} IS NOT NULL`;
/** More than anybody has. */
const maxListed = 1_000;
const lookEveryMilliseconds = 15_000;

export function watchWaits(
  lists: Pick<WorkflowLists, 'list'>,
  meter: MetricMeter,
  lookEvery = lookEveryMilliseconds,
): Waits {
  const gauge = meter.createGauge(
    'fairway_releases_waiting',
    'int',
    undefined,
    'Releases that wait for people, windows, or their target',
  );
  const closing = new AbortController();
  const watching = watch(lists, gauge, { lookEvery, signal: closing.signal });
  return {
    close: () => {
      closing.abort();
      return watching;
    },
  };
}

interface Watching {
  /** Milliseconds. */
  readonly lookEvery: number;
  readonly signal: AbortSignal;
}

async function watch(
  lists: Pick<WorkflowLists, 'list'>,
  gauge: MetricGauge,
  { lookEvery, signal }: Watching,
): Promise<void> {
  /** By their text: all that ever had a sample. */
  const known = new Map<string, Labels>();
  while (!signal.aborted) {
    // While the server is away, what was seen last stands; other metrics tell that it is away.
    const listed = await lists.list(query, maxListed).catch(() => undefined);
    if (listed !== undefined) show(listed.map(labelsOf), gauge, known);
    await setTimeout(lookEvery, undefined, { signal }).catch(() => undefined);
  }
}

type Labels = Record<'kind' | 'service' | 'environment', string>;

function show(waiting: readonly Labels[], gauge: MetricGauge, known: Map<string, Labels>): void {
  const counts = new Map<string, number>();
  for (const labels of waiting) {
    const text = JSON.stringify(labels);
    known.set(text, labels);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  for (const [text, labels] of known) gauge.set(counts.get(text) ?? 0, labels);
}

function labelsOf({ attributes }: ListedWorkflow): Labels {
  const { waitsFor, service, environment } = searchAttributeNames;
  return {
    kind: gates.find((gate) => gate === attributes[waitsFor]) ?? 'queue',
    service: attributes[service] ?? '',
    environment: attributes[environment] ?? '',
  };
}
