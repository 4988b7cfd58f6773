/**
 * One Slack message per release, updated in place, with a thread for its steps. Said in order and in
 * the background, and escaped here, where it leaves; an outage becomes a note and never fails or holds up a release.
 */
import { CancellationScope, condition } from '@temporalio/workflow';
import type { SlackMessageRef, SlackOutcome } from '../activities/slack/types.ts';
import { slackText } from '../domain/slack-text.ts';
import type { Target } from '../domain/target.ts';
import { slack } from './activity-options.ts';
import { reasonOf } from './failure.ts';
import { stepKey, type Progress } from './progress.ts';

/** An announcement that takes longer than this follows when it can: Slack does not hold up a release. */
const openingPatience = '1m';

/** Characters; a summary may hold 400 bytes. */
const maxSummaryLength = 120;

export class Announcer {
  private said: Promise<void> = Promise.resolve();

  constructor(
    private readonly target: Target,
    private readonly progress: Progress,
    /** The release's message in the channel, where another workflow posted it. */
    private message?: SlackMessageRef,
  ) {}

  /** The release's message in the channel, once it is there. */
  get opened(): SlackMessageRef | undefined {
    return this.message;
  }

  /** The name in texts. Where nothing is announced, people must not take it for production. */
  get displayName(): string {
    const { service, environment } = this.target;
    return environment.announcement === undefined
      ? `${service.displayName} (${environment.name})`
      : service.displayName;
  }

  /** The release's message in the channel. */
  begin(event: string, words: string): void {
    const text = slackText(words);
    this.say(`Slack: ${words}`, async (channel, options) => {
      const outcome = await slack.postMessage.executeWithOptions(options, [
        { channel, text, key: stepKey(event) },
      ]);
      if (outcome.outcome !== 'logged') this.message = outcome.ref;
    });
  }

  /** As `begin`, and waits for it, but not for long. */
  async open(event: string, text: string): Promise<void> {
    this.begin(event, text);
    let said = false;
    void this.said.then(() => {
      said = true;
    });
    await condition(() => said, openingPatience, { summary: 'Waits for Slack, but not for long' });
  }

  /** A reply in the release's thread; nothing where no message was opened. */
  reply(event: string, ...lines: readonly string[]): void {
    if (this.target.environment.announcement === undefined) return;
    const text = slackText(...lines);
    this.say(`Slack thread: ${lines.join(' ')}`, async (channel, options) => {
      await slack.postMessage.executeWithOptions(options, [
        {
          channel,
          text,
          key: stepKey(event),
          ...(this.message === undefined ? {} : { thread: this.message }),
        },
      ]);
    });
  }

  /** Replaces the release's message, where one was opened. */
  update(words: string): void {
    const text = slackText(words);
    this.say(`Slack: ${words}`, async (_channel, options): Promise<SlackOutcome | undefined> => {
      if (this.message === undefined) return undefined;
      return slack.updateMessage.executeWithOptions(options, [{ ref: this.message, text }]);
    });
  }

  /** A line that people must see: in the thread and in the channel, or in the channel alone. */
  broadcast(event: string, words: string): void {
    const text = slackText(words);
    this.say(`Slack: ${words}`, async (channel, options) => {
      await slack.postMessage.executeWithOptions(options, [
        {
          channel,
          text,
          key: stepKey(event),
          ...(this.message === undefined ? {} : { thread: this.message, broadcast: true }),
        },
      ]);
    });
  }

  /** Resolves when everything is said, or has failed. */
  async settled(): Promise<void> {
    await this.said;
  }

  private say(
    summary: string,
    speak: (channel: string, options: { summary: string }) => Promise<unknown>,
  ): void {
    const channel = this.target.environment.slackChannel;
    if (channel === undefined) return;
    this.said = this.said.then(() =>
      CancellationScope.nonCancellable(async () => {
        try {
          await speak(channel, { summary: summary.slice(0, maxSummaryLength) });
        } catch (error) {
          this.progress.note(`Slack was not told: ${reasonOf(error)}`);
        }
      }),
    );
  }
}
