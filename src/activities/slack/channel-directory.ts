/**
 * Channel names and their IDs. Slack posts to either, but reads and updates by ID only; every
 * answer to a post teaches a name, so the list of channels is read only where none was learnt.
 */
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import { remedies } from './slack-errors.ts';
import type { SlackPort } from './slack-client.ts';

export interface ChannelDirectory {
  /** Throws `SlackRejected` when the app can see no channel of that name. */
  idOf(channel: string): Promise<string>;
  learn(channel: string, id: string): void;
}

export function createChannelDirectory(slack: SlackPort): ChannelDirectory {
  const ids = new Map<string, string>();
  const learn = (channel: string, id: string) => {
    ids.set(bare(channel), id);
  };
  return {
    learn,
    idOf: async (channel) => {
      if (/^[CGD][A-Z0-9]{7,}$/.test(channel)) return channel;
      const known = ids.get(bare(channel));
      if (known !== undefined) return known;
      let cursor = '';
      do {
        const { channels = [], response_metadata: more } = await slack.conversations.list({
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: 200,
          ...(cursor === '' ? {} : { cursor }),
        });
        for (const { id, name } of channels) if (id !== undefined && name !== undefined) learn(name, id);
        const found = ids.get(bare(channel));
        if (found !== undefined) return found;
        cursor = more?.next_cursor ?? '';
      } while (cursor !== '');
      throw ApplicationFailure.nonRetryable(
        `Slack has no channel ${channel} that the app can see. ${remedies['channel_not_found']}`,
        failureTypes.slackRejected,
      );
    },
  };
}

function bare(channel: string): string {
  return channel.replace(/^#/, '');
}
