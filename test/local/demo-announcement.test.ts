import { expect, test } from '@jest/globals';
import { announcementIn } from '../../local/demo/announcement.ts';
import { createSlackActivities } from '../../src/activities/slack/index.ts';
import { createLogger } from '../../src/worker/logger.ts';

/** What a worker without a token writes when it shall tell Slack something. */
async function logged(text: string): Promise<string> {
  const lines: string[] = [];
  const log = createLogger({ format: 'json', level: 'INFO' }, (line) => lines.push(line));
  const { postMessage } = createSlackActivities({ log });
  expect(await postMessage({ channel: '#releases', key: 'one', text })).toEqual({ outcome: 'logged' });
  return lines.join('');
}

test.each(['TenSafe 4.1.0 comes', 'two lines:\nand a { bracket }'])('the demo finds %j', async (text) => {
  expect(announcementIn(await logged(text))).toBe(text);
});

test.each([
  '',
  'no JSON',
  '"slack (no token configured): no"',
  '{"message":"Worker state changed"}',
  '{"message":1}',
])('nothing is announced by %j', (line) => {
  expect(announcementIn(line)).toBeUndefined();
});
