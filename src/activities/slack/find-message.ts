/** Looks for a message that an earlier attempt posted without learning of it. */
import { eventOf } from './event-metadata.ts';
import type { SlackPort } from './slack-client.ts';
import type { SlackMessageRef } from './types.ts';

/** Slack's clock and this machine's need not agree. */
const clockSkewSeconds = 120;

const pageSize = 200;

/**
 * Reads the channel (or the thread) from the time the event could first have been posted, page by
 * page, for a message with the key in its metadata. `channelId` must be an ID.
 */
export async function findMessage(
  slack: SlackPort,
  wanted: {
    readonly channelId: string;
    readonly key: string;
    /** Milliseconds since the epoch. */
    readonly since: number;
    readonly thread?: SlackMessageRef;
  },
): Promise<SlackMessageRef | undefined> {
  const range = {
    channel: wanted.channelId,
    oldest: String(Math.max(0, Math.floor(wanted.since / 1000) - clockSkewSeconds)),
    inclusive: true,
    include_all_metadata: true,
    limit: pageSize,
  };
  let cursor = '';
  do {
    const page = { ...range, ...(cursor === '' ? {} : { cursor }) };
    const { messages = [], response_metadata: more } =
      wanted.thread === undefined
        ? await slack.conversations.history(page)
        : await slack.conversations.replies({ ...page, ts: wanted.thread.ts });
    const found = messages.find((message) => eventOf(message) === wanted.key);
    if (found?.ts !== undefined) return { channel: wanted.channelId, ts: found.ts };
    cursor = more?.next_cursor ?? '';
  } while (cursor !== '');
  return undefined;
}
