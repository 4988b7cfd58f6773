/** The figures that people read after a run. */
import { failingSeconds, failures, percent, servedBy, settledIn } from './answers.ts';
import { spanOf, type Run } from './run.ts';

/** One row for each release: requests, what failed and for how long, and who served. */
export function printFigures(runs: readonly Run[]): void {
  const rows = runs.map((run) => ({
    release: run.name,
    outcome: run.status.outcome,
    requests: run.answers.length,
    failed: words(failures(run.answers)) || '0',
    'failing for': `${failingSeconds(run.answers)} s`,
    slowest: `${Math.max(...run.answers.map(({ askedAt, endedAt }) => endedAt - askedAt))} ms`,
    'served by': words(servedBy(run.answers)),
    'share of the new one': shares(run),
  }));
  if (rows.length > 0) console.table(rows);
}

/** What part the new version served of each step that watched it. */
function shares(run: Run): string {
  const { steps, version } = run.status;
  return steps
    .filter(({ name, state }) => name.startsWith('Watch') && state === 'done')
    .map(({ name }) => {
      const answers = settledIn(run.answers, spanOf(run, name));
      return `${name}: ${percent((servedBy(answers)[version] ?? 0) / answers.length)} of ${answers.length}`;
    })
    .join(', ');
}

function words(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([key, count]) => `${key}: ${count}`)
    .join(', ');
}
