/** The figures that people read after a run. */
import { failingSeconds, failures, servedBy } from './answers.ts';
import type { Run } from './bench.ts';

/** One row for each release: requests, what failed and for how long, and who served. */
export function printFigures(runs: readonly Run[]): void {
  const rows = runs.map(({ name, status, answers }) => ({
    release: name,
    outcome: status.outcome,
    requests: answers.length,
    failed: words(failures(answers)) || '0',
    'failing for': `${failingSeconds(answers)} s`,
    slowest: `${Math.max(...answers.map(({ askedAt, endedAt }) => endedAt - askedAt))} ms`,
    'served by': words(servedBy(answers)),
  }));
  if (rows.length > 0) console.table(rows);
}

function words(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([key, count]) => `${key}: ${count}`)
    .join(', ');
}
