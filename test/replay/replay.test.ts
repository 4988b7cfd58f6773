/** Releases that run when a worker is upgraded must go on: recorded histories replay on today's code. */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { historiesFolder } from '../support/record-history.ts';
import { builtWorkflows } from '../support/app.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const recorded = (await readdir(historiesFolder)).filter((file) => file.endsWith('.json'));

describe('a recorded history', () => {
  test('exists for every way that a standard deployment and a rollback can end', () => {
    expect(recorded.map((file) => file.replace('.json', ''))).toEqual(
      expect.arrayContaining([
        'released-by-helm',
        'released-asking',
        'rolled-back-by-helm',
        'crash-rolled-back-by-image',
        'aborted',
        'cancelled',
        'refused',
        'target-held',
        'verification-passed',
        'verification-failed',
        'canary-released',
        'canary-crashed',
        'canary-rolled-back-after-100',
        'green-refused',
        'blue-green-released',
        'rollback-previous',
        'rollback-unchanged',
        'rollback-to-backup',
        'rollback-stops-a-release',
        'rollback-failed-and-returned',
      ]),
    );
  });

  test('replays on the workflows of today', async () => {
    const histories = recorded.map(async (file) => ({
      workflowId: await workflowIdOf(file),
      history: historyFromJSON(await contentOf(file)),
    }));
    const results = Worker.runReplayHistories(
      { workflowBundle: { codePath: builtWorkflows() } },
      await Promise.all(histories),
    );
    const broken: string[] = [];
    let replayed = 0;
    for await (const { workflowId, error } of results) {
      replayed += 1;
      if (error !== undefined) broken.push(`${workflowId}: ${error.message}`);
    }
    expect(broken).toEqual([]);
    expect(replayed).toBe(recorded.length);
    // Histories grow in number, and a machine may be busy.
  }, 240_000);
});

async function contentOf(file: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(`${historiesFolder}${file}`, 'utf8')) as Record<string, unknown>;
}

/** The lock depends on it: replayed under another ID, a release would hand over instead of working. */
async function workflowIdOf(file: string): Promise<string> {
  const { events } = (await contentOf(file)) as {
    events: { workflowExecutionStartedEventAttributes?: { workflowId?: string } }[];
  };
  return events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? file;
}
