/** Releases that run when a worker is upgraded must go on: recorded histories replay on today's code. */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { builtWorkflows } from '../support/app.ts';
import { historiesFolder } from '../support/record-history.ts';
import { withoutSummary } from '../support/without-summary.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const maxLength = 300_000;
/** Folders of a person or of a test, workers by process and machine, stacks; and what credentials look like. */
const traces = [
  /\/(?:tmp|root|home|Users|work|private|var\/folders)\/[\w-]/,
  /\b\d+@[\w.-]+/,
  /"stackTrace":\s*"[^"]/,
  /\bgh[pousr]_\w|\bxox[a-z]-\w|\bBearer \w|-----BEGIN|\/\/[^/\s:@"\\]+:(?!\[redacted)[^/\s@"\\]+@/,
];

const recorded = (await readdir(historiesFolder)).filter((file) => file.endsWith('.json'));

/** What earlier workers did. They stay. */
const ofEarlierWorkers = [
  ...['released-by-helm', 'released-asking', 'rolled-back-by-helm', 'crash-rolled-back-by-image'],
  ...['aborted', 'cancelled', 'refused', 'target-held', 'verification-passed', 'verification-failed'],
  ...['canary-released', 'canary-crashed', 'canary-rolled-back-after-100'],
  ...['green-refused', 'blue-green-released'],
  ...['rollback-previous', 'rollback-unchanged', 'rollback-to-backup'],
  ...['rollback-stops-a-release', 'rollback-failed-and-returned'],
  ...['release-approved-canary', 'release-asking'],
  ...['blue-green-aborted', 'paged-and-rolled-back'],
];

/**
 * What was added since: looks before an undo, gates in lists, pages, tickets, queues, schedules, metrics, inquiries;
 * a failing canary leaves before Helm is asked, green stays after the switch back, last words hold up
 * no page, and blue is held before the switch.
 */
const since = [
  ...['diagnosed-and-rolled-back-by-helm', 'crash-diagnosed-and-rolled-back', 'rollback-failed'],
  ...['canary-diagnosed', 'canary-crashed-and-left-first'],
  ...['blue-green-released-green-kept', 'blue-green-aborted-green-kept', 'green-refused-blue-held'],
  ...['paged-before-last-words', 'incident-with-page', 'incident-written-down'],
  ...['queued-asking', 'queued-and-released'],
  ...['scheduled-and-released', 'scheduled-and-unchanged', 'scheduled-and-unchanged-asking'],
  ...['released-through-all-gates', 'released-through-all-gates-asking', 'aborted-at-a-gate'],
  ...['verification-diagnosed', 'verification-refused'],
  ...['canary-passed-by-metrics', 'canary-failed-by-metrics', 'canary-stopped-by-an-alert'],
];

/** Of workers under which an activity or a timer said nothing of itself. */
const withMuteParts = [
  ...['paged-and-rolled-back', 'release-approved-canary', 'released-through-all-gates', 'target-held'],
  ...['verification-failed', 'verification-passed'],
];

describe('a recorded history', () => {
  test('exists for every way that a release can go', () => {
    const names = recorded.map((file) => file.replace('.json', ''));
    expect(names.sort()).toEqual([...ofEarlierWorkers, ...since].sort());
  });

  test.each([...ofEarlierWorkers, ...since])(
    'of %s is small, and tells nothing of the machine that it was recorded on',
    async (name) => {
      const text = await readFile(`${historiesFolder}${name}.json`, 'utf8');
      expect(text.length).toBeLessThan(maxLength);
      const words = [text, ...payloadsIn(text)].join('\n');
      // The reading would find it.
      expect(words).toContain('"environment":');
      expect(traces.flatMap((trace) => words.match(trace)?.[0] ?? [])).toEqual([]);
    },
  );

  test('has a summary of each activity and timer for the UI, since all of them were given one', async () => {
    const mute: string[] = [];
    for (const file of recorded) {
      const content: unknown = JSON.parse(await readFile(`${historiesFolder}${file}`, 'utf8'));
      if (withoutSummary(historyFromJSON(content)).length > 0) mute.push(file.replace('.json', ''));
    }
    expect(mute.sort()).toEqual(withMuteParts);
  });

  test('replays on the workflows of today', async () => {
    expect(await broken(recorded)).toEqual([]);
  });

  test('of a worker that did something else is found out', async () => {
    const otherwise = (text: string) => text.replace('"backUpTarget"', '"backUpEverything"');
    expect(await broken(['canary-diagnosed.json'], otherwise)).toEqual([
      expect.stringMatching(/^target:tensafe:dev: .*Nondeterminism.*backUp/is),
    ]);
  });
});

/** Those that do not replay, by their workflow IDs and why. */
async function broken(files: readonly string[], change = (text: string) => text): Promise<string[]> {
  const histories = files.map(async (file) => {
    const content = JSON.parse(change(await readFile(`${historiesFolder}${file}`, 'utf8'))) as Content;
    return { workflowId: workflowIdOf(content) ?? file, history: historyFromJSON(content) };
  });
  const results = Worker.runReplayHistories(
    { workflowBundle: { codePath: builtWorkflows() } },
    await Promise.all(histories),
  );
  const found: string[] = [];
  let replayed = 0;
  for await (const { workflowId, error } of results) {
    replayed += 1;
    if (error !== undefined) found.push(`${workflowId}: ${error.message}`);
  }
  expect(replayed).toBe(files.length);
  return found;
}

interface Content {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: { readonly workflowId?: string };
  }[];
}

/** The lock depends on it: replayed under another ID, a release would hand over instead of working. */
function workflowIdOf({ events }: Content): string | undefined {
  return events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
}

/** As they were before they were encoded. */
function payloadsIn(text: string): readonly string[] {
  return [...text.matchAll(/"data": ?"([^"]*)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
}
