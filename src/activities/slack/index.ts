import { activityInfo } from '@temporalio/activity';
import { createChannelDirectory } from './channel-directory.ts';
import { eventMetadata } from './event-metadata.ts';
import { findMessage } from './find-message.ts';
import { requestTimeoutMilliseconds } from './slack-client.ts';
import type { SlackPort } from './slack-client.ts';
import { outOfTime, platformErrorCode, slackFailure } from './slack-failure.ts';
import type { PostMessageInput, SlackActivities, SlackOutcome, UpdateMessageInput } from './types.ts';

/** The part of a logger that is used. */
export interface SlackLog {
  info(message: string, attributes?: Record<string, unknown>): void;
  warn(message: string, attributes?: Record<string, unknown>): void;
}

/** Without a client (no token configured) every text is logged instead. */
export function createSlackActivities(deps: {
  readonly client?: SlackPort | undefined;
  readonly log: SlackLog;
}): SlackActivities {
  const { client, log } = deps;
  if (client === undefined) return loggingActivities(log);
  const channels = createChannelDirectory(client);

  return {
    /** Idempotent by the key in the message's metadata, which an attempt after the first looks for. */
    postMessage: async (input) => {
      const { attempt, scheduledTimestampMs, startToCloseTimeoutMs } = activityInfo();
      const lastMomentToPost = Date.now() + startToCloseTimeoutMs - requestTimeoutMilliseconds;
      if (attempt > 1) {
        const found = await postedBefore(client, channels, input, scheduledTimestampMs);
        if (found !== undefined) return found;
        // A post that outlives its attempt could follow the next attempt's look.
        if (Date.now() > lastMomentToPost) throw outOfTime(`post to ${input.channel}`);
      }
      try {
        const posted = await client.chat.postMessage({
          channel: input.thread?.channel ?? input.channel,
          text: input.text,
          metadata: eventMetadata(input.key),
          unfurl_links: false,
          unfurl_media: false,
          ...threadOf(input),
        });
        const { channel, ts } = posted;
        if (channel === undefined || ts === undefined) throw new Error('the answer names no message');
        channels.learn(input.channel, channel);
        return { outcome: 'posted', ref: { channel, ts } };
      } catch (error) {
        throw slackFailure(error, `post to ${input.channel}`);
      }
    },

    /** Idempotent: the message ends with the given text however often it is called. */
    updateMessage: async (input) => {
      try {
        // Updating interprets names and links unless told not to; posting does not.
        await client.chat.update({ ...input.ref, text: input.text, parse: 'none' });
        return { outcome: 'posted', ref: input.ref };
      } catch (error) {
        const code = platformErrorCode(error);
        if (code !== undefined && cannotBeUpdatedAnyMore.has(code)) {
          log.warn(`slack: the message can no longer be updated (${code}): ${input.text}`, { ...input.ref });
          return { outcome: 'logged' };
        }
        throw slackFailure(error, `update the message in ${input.ref.channel}`);
      }
    },
  };
}

/** People delete messages, and workspaces close the time for editing: nothing to repair. */
const cannotBeUpdatedAnyMore: ReadonlySet<string> = new Set([
  'message_not_found',
  'edit_window_closed',
  'cant_update_message',
]);

async function postedBefore(
  client: SlackPort,
  channels: ReturnType<typeof createChannelDirectory>,
  { channel, key, thread }: PostMessageInput,
  since: number,
): Promise<SlackOutcome | undefined> {
  try {
    const channelId = thread?.channel ?? (await channels.idOf(channel));
    const ref = await findMessage(client, {
      channelId,
      key,
      since,
      ...(thread === undefined ? {} : { thread }),
    });
    return ref === undefined ? undefined : { outcome: 'found', ref };
  } catch (error) {
    // Posting without having looked could say the same thing twice.
    throw slackFailure(error, `be asked whether the message is in ${channel} already`);
  }
}

function threadOf({ thread, broadcast }: PostMessageInput) {
  if (thread === undefined) return {};
  return broadcast === true
    ? { thread_ts: thread.ts, reply_broadcast: true as const }
    : { thread_ts: thread.ts };
}

function loggingActivities(log: SlackLog): SlackActivities {
  const write = (text: string, attributes: Record<string, unknown>): SlackOutcome => {
    log.info(`slack (no token configured): ${text}`, attributes);
    return { outcome: 'logged' };
  };
  return {
    postMessage: async ({ text, channel, key }) => write(text, { channel, key }),
    updateMessage: async ({ text, ref }: UpdateMessageInput) => write(text, { ...ref }),
  };
}
