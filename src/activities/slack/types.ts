/**
 * One message per release, updated in place, and a thread for its steps. Runs on the control
 * task queue. Without a token each call logs the text and answers `logged`.
 */

export interface SlackMessageRef {
  readonly channel: string;
  /** Slack's message timestamp, its identity within the channel. */
  readonly ts: string;
}

export type SlackOutcome =
  { readonly outcome: 'posted' | 'found'; readonly ref: SlackMessageRef } | { readonly outcome: 'logged' };

export interface PostMessageInput {
  readonly channel: string;
  readonly text: string;
  /** Identity of the event (workflow ID, run and event name), kept in the message's metadata. */
  readonly key: string;
  /** Reply in this message's thread. */
  readonly thread?: SlackMessageRef;
  /** Show a thread reply in the channel too. */
  readonly broadcast?: boolean;
}

export interface UpdateMessageInput {
  readonly ref: SlackMessageRef;
  readonly text: string;
}

export interface SlackActivities {
  /**
   * Posts once per key: an attempt after the first looks for a message with the key's metadata
   * before it posts. Throws `SlackUnavailable` (worth a retry) or `SlackRejected` (not).
   */
  postMessage(input: PostMessageInput): Promise<SlackOutcome>;
  /** Replaces the text of a message; repeating it changes nothing. */
  updateMessage(input: UpdateMessageInput): Promise<SlackOutcome>;
}
