/** What runs is found by what all of it has from its start: the operator's guide asks for that before going back. */
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { documentedCommands } from '../docs/documented-commands.ts';

const folder = new URL('histories/', import.meta.url);
const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));

interface HistoryEvent {
  readonly eventType: string;
}

test("the guide's list of running work asks for one search attribute", async () => {
  expect(await askedFor()).toBe('FairwayService');
});

test.each(names)('%s has it before its first activity', async (name) => {
  const { events } = JSON.parse(await readFile(new URL(name, folder), 'utf8')) as { events: HistoryEvent[] };
  const first = events.findIndex(({ eventType }) => eventType === 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
  const before = first < 0 ? events : events.slice(0, first);
  const attribute = await askedFor();
  const holds = before.filter((event) => JSON.stringify(event).includes(`"${attribute}"`));
  expect(holds.map(({ eventType }) => eventType)).toContainEqual(
    expect.stringMatching(/_(WORKFLOW_EXECUTION_STARTED|UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)$/),
  );
});

async function askedFor(): Promise<string | undefined> {
  const commands = await documentedCommands('docs/operator/guide.md');
  const [list] = commands.filter(({ text }) => text.startsWith('temporal workflow list'));
  return /"(\w+) IS NOT NULL AND ExecutionStatus = 'Running'"/.exec(list?.text ?? '')?.[1];
}
