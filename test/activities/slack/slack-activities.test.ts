import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { inspect } from 'node:util';
import { createSlackActivities } from '../../../src/activities/slack/index.ts';
import { createSlackClient, requestTimeoutMilliseconds } from '../../../src/activities/slack/slack-client.ts';
import type { PostMessageInput, SlackOutcome } from '../../../src/activities/slack/types.ts';
import { longestSlackText, slackText } from '../../../src/domain/slack-text.ts';
import { startSlackServer } from '../../support/slack-server.ts';
import type { SlackFault, SlackServer, SlackServerOptions } from '../../support/slack-server.ts';

const token = 'xoxb-test-token-0123456789';
const ops = { id: 'C0OPSANNOUN', name: 'ops-announcements', member: true };
const announcement: PostMessageInput = {
  channel: '#ops-announcements',
  text: '[DEPLOYMENT] TenSafe v4.1.0 deployment starting in 15 minutes',
  key: 'tensafe-4.1.0/run-1/announcement',
};

let server: SlackServer;
let lines: string[];

async function start(options: Partial<SlackServerOptions> = {}) {
  await server.stop();
  server = await startSlackServer({ token, channels: [ops], ...options });
}

beforeEach(async () => {
  lines = [];
  server = await startSlackServer({ token, channels: [ops] });
});
afterEach(() => server.stop());

function log(message: string, attributes?: Record<string, unknown>) {
  lines.push(`${message} ${JSON.stringify(attributes)}`);
}

/** A new worker each time: nothing is remembered between attempts. */
function activities(given: { token?: string; apiUrl?: string } = {}) {
  const client = createSlackClient({ token, apiUrl: server.url, ...given });
  return createSlackActivities({ client, log: { info: log, warn: log } });
}

function inAttempt(attempt: number, scheduledTimestampMs = Date.now(), startToCloseTimeoutMs = 120_000) {
  return new MockActivityEnvironment(
    { attempt, scheduledTimestampMs, startToCloseTimeoutMs },
    { logger: new DefaultLogger('ERROR') },
  );
}

function post(input: Partial<PostMessageInput> = {}, attempt = 1, since = Date.now()): Promise<SlackOutcome> {
  return inAttempt(attempt, since).run(activities().postMessage, { ...announcement, ...input });
}

async function failure(call: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ApplicationFailure) return error;
  throw new Error(`expected an ApplicationFailure, got ${String(error)}`);
}

function refOf(outcome: SlackOutcome) {
  if (outcome.outcome === 'logged') throw new Error('expected a message');
  return outcome.ref;
}

test('a message is posted once, with its event in the metadata', async () => {
  const outcome = await post();

  expect(outcome).toEqual({ outcome: 'posted', ref: { channel: ops.id, ts: expect.any(String) } });
  expect(server.messages(ops.id)).toEqual([
    expect.objectContaining({
      text: announcement.text,
      metadata: { event_type: 'fairway_event', event_payload: { key: announcement.key } },
    }),
  ]);
  expect(server.calls).toEqual(['chat.postMessage']);
});

test.each(['#ops-announcements', ops.id])(
  'a message whose reply was lost is found again in %s, not posted twice',
  async (channel) => {
    const since = Date.now();
    server.fail({ mode: 'replyLost', method: 'chat.postMessage' });
    expect((await failure(post({ channel }, 1, since))).type).toBe('SlackUnavailable');

    const outcome = await post({ channel }, 2, since);

    expect(outcome.outcome).toBe('found');
    expect(server.messages(ops.id)).toHaveLength(1);
    expect(refOf(outcome).ts).toBe(server.messages(ops.id)[0]?.ts);
  },
);

test('an attempt after one that posted nothing posts', async () => {
  server.fail({ mode: 'outage' });
  await failure(post());

  expect((await post({}, 2)).outcome).toBe('posted');
  expect(server.messages(ops.id)).toHaveLength(1);
});

test('a lost message is found behind pages of other messages', async () => {
  await start({ pageSize: 3 });
  const since = Date.now();
  server.fail({ mode: 'replyLost' });
  await failure(post({}, 1, since));
  for (let index = 0; index < 8; index += 1) await post({ key: `other-${index}` });

  expect((await post({}, 2, since)).outcome).toBe('found');
  expect(server.calls.filter((call) => call === 'conversations.history')).toHaveLength(3);
});

test('a message about another event, or one without metadata, is not taken for this one', async () => {
  await post({ key: 'tensafe-4.1.0/run-2/announcement' });

  expect((await post({}, 2)).outcome).toBe('posted');
  expect(server.messages(ops.id)).toHaveLength(2);
});

test('the look-up goes back to when the event could first have been posted, and no further', async () => {
  await post();

  const anHourLater = Date.now() + 3_600_000;
  expect((await post({}, 2, anHourLater)).outcome).toBe('posted');
});

test('a step is posted in the thread, and found there after a lost reply', async () => {
  const thread = refOf(await post());
  const step = { text: 'Backup taken', key: 'tensafe-4.1.0/run-1/backup', thread };
  server.fail({ mode: 'replyLost' });
  await failure(post(step));

  const outcome = await post(step, 2);

  expect(outcome.outcome).toBe('found');
  expect(server.messages(ops.id).map(({ text, threadTs }) => ({ text, threadTs }))).toEqual([
    { text: announcement.text, threadTs: undefined },
    { text: 'Backup taken', threadTs: thread.ts },
  ]);
});

test('a reply can be shown in the channel too', async () => {
  const thread = refOf(await post());
  await post({ text: 'rolled back', key: 'rollback', thread, broadcast: true });

  expect(server.messages(ops.id)[1]).toMatchObject({ threadTs: thread.ts, broadcast: true });
});

test('updating replaces the text, keeps the event, and can be repeated', async () => {
  const ref = refOf(await post());
  const update = () => activities().updateMessage({ ref, text: 'done' });

  expect(await update()).toEqual({ outcome: 'posted', ref });
  expect(await update()).toEqual({ outcome: 'posted', ref });
  expect(server.messages(ops.id)).toEqual([
    expect.objectContaining({
      text: 'done',
      metadata: expect.objectContaining({ event_type: 'fairway_event' }),
    }),
  ]);
});

test('the longest text that the domain makes can be posted and updated', async () => {
  const text = slackText('x'.repeat(longestSlackText * 2));
  const ref = refOf(await post({ text }));

  expect((await activities().updateMessage({ ref, text })).outcome).toBe('posted');
});

test.each([
  ['was deleted', {}, { ts: '1700000000.000001' }],
  ['can no longer be edited', { editWindowMilliseconds: -60_000 }, {}],
])('the update of a message that %s is logged, not failed', async (_, options, other) => {
  await start(options);
  const ref = { ...refOf(await post()), ...other };

  expect(await activities().updateMessage({ ref, text: 'deployed' })).toEqual({ outcome: 'logged' });
  expect(lines).toEqual([expect.stringContaining('deployed')]);
});

test.each<[string, SlackFault]>([
  ['drops the connection', { mode: 'outage' }],
  ['answers 503', { mode: 'httpStatus', status: 503 }],
  ['has an internal error', { mode: 'error', code: 'internal_error' }],
  ['is hidden behind a page that is not its own', { mode: 'page' }],
])('a Slack that %s is worth a retry, and is asked only once per attempt', async (_, fault) => {
  server.fail(fault);
  const error = await failure(post());

  expect(error).toMatchObject({ type: 'SlackUnavailable', nonRetryable: false });
  expect(error.message).toMatch(/^Slack could not post to #ops-announcements: .+\. It is tried again\.$/);
  expect(server.calls).toHaveLength(1);
});

test('a rate limit is retried when Slack says, not earlier', async () => {
  server.fail({ mode: 'rateLimited', retryAfterSeconds: 30 });

  expect(await failure(post())).toMatchObject({
    type: 'SlackUnavailable',
    nonRetryable: false,
    nextRetryDelay: '30s',
    message:
      'Slack could not post to #ops-announcements: too many requests, Slack asks to wait 30 s. It is tried again then.',
  });
});

test('a rate limit on the look-up delays the attempt instead of posting blindly', async () => {
  server.fail({ mode: 'rateLimited', retryAfterSeconds: 60, method: 'conversations.history' });

  expect(await failure(post({ channel: ops.id }, 2))).toMatchObject({
    type: 'SlackUnavailable',
    nextRetryDelay: '60s',
  });
  expect(server.messages(ops.id)).toHaveLength(0);
});

test('an attempt that has no time left to post leaves it to the next', async () => {
  server.fail({ mode: 'slow', milliseconds: 100, method: 'conversations.history' });
  const attempt = inAttempt(2, Date.now(), requestTimeoutMilliseconds + 50);
  const error = await failure(attempt.run(activities().postMessage, { ...announcement, channel: ops.id }));

  expect(error).toMatchObject({ type: 'SlackUnavailable', nonRetryable: false });
  expect(server.messages(ops.id)).toHaveLength(0);
});

test('a server that cannot be reached is worth a retry', async () => {
  await server.stop();
  const error = await failure(post());

  expect(error).toMatchObject({ type: 'SlackUnavailable', nonRetryable: false });
  expect(error.message).toMatch(
    /^Slack could not post to #ops-announcements: no answer \(.+\)\. It is tried again\.$/,
  );
});

const general = { id: 'C0GENERAL00', name: 'general' };
const secret = { id: 'C0SECRET000', name: 'secret', private: true };
const old = { id: 'C0OLD000000', name: 'old', member: true, archived: true };

test.each<[string, Partial<SlackServerOptions>, Partial<PostMessageInput>, number, string]>([
  [
    'a channel that is not there',
    {},
    { channel: '#opps' },
    1,
    'post to #opps: channel_not_found. Check slackChannel',
  ],
  [
    'a private channel without the app',
    { channels: [secret] },
    { channel: '#secret' },
    1,
    'channel_not_found. Check',
  ],
  ['an archived channel', { channels: [old] }, { channel: '#old' }, 1, 'is_archived. Unarchive the channel'],
  [
    'a thread that is gone',
    {},
    { thread: { channel: ops.id, ts: '1.2' } },
    1,
    'thread_not_found. The message',
  ],
  [
    'a token without chat:write',
    { scopes: [] },
    {},
    1,
    'missing_scope (needed: chat:write). Give the app the scopes',
  ],
  [
    'a token that may not look',
    { scopes: ['chat:write'] },
    { channel: ops.id },
    2,
    'be asked whether the message is in C0OPSANNOUN already: missing_scope (needed: channels:history)',
  ],
  [
    'a look-up in a channel the app is not in',
    { channels: [general] },
    { channel: '#general' },
    2,
    'not_in_channel. Invite',
  ],
  [
    'a look-up of a name that is no channel',
    {},
    { channel: '#opps' },
    2,
    'Slack has no channel #opps that the app can see',
  ],
  ['a text that is too long', {}, { text: 'x'.repeat(40_001) }, 1, 'msg_too_long'],
])('%s is refused for good, with a remedy', async (_, options, input, attempt, message) => {
  await start(options);
  const error = await failure(post(input, attempt));

  expect(error).toMatchObject({ type: 'SlackRejected', nonRetryable: true });
  expect(error.message).toContain(message);
});

test('a wrong token is refused with a remedy, and appears in no message', async () => {
  const wrong = 'xoxb-wrong-9876543210';
  const error = await failure(inAttempt(1).run(activities({ token: wrong }).postMessage, announcement));

  expect(error).toMatchObject({ type: 'SlackRejected', nonRetryable: true });
  expect(error.message).toBe(
    "Slack could not post to #ops-announcements: invalid_auth. Put the app's current bot token (xoxb-…) into SLACK_BOT_TOKEN and restart the worker.",
  );
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(wrong);
});

test('without a token the text is logged and nothing fails', async () => {
  const { postMessage, updateMessage } = createSlackActivities({ log: { info: log, warn: log } });

  expect(await postMessage(announcement)).toEqual({ outcome: 'logged' });
  expect(await updateMessage({ ref: { channel: 'C1', ts: '1.2' }, text: 'deployed' })).toEqual({
    outcome: 'logged',
  });
  expect(lines).toEqual([
    `slack (no token configured): ${announcement.text} {"channel":"#ops-announcements","key":"${announcement.key}"}`,
    'slack (no token configured): deployed {"channel":"C1","ts":"1.2"}',
  ]);
});
