/**
 * One Slack message per release, updated in place, with a thread for its steps. Said in order and in
 * the background, and escaped here, where it leaves; an outage becomes a note and never fails or holds up a release.
 */
import { CancellationScope, condition, patched, type ActivityOptions } from '@temporalio/workflow';
import type { SlackMessageRef, SlackOutcome } from '../activities/slack/types.ts';
import { lastWordsSeconds, slackAwaySeconds } from '../domain/defaults.ts';
import { failureTypes } from '../domain/failures.ts';
import { slackText } from '../domain/slack-text.ts';
import type { Target } from '../domain/target.ts';
import { slack } from './activity-options.ts';
import { reasonOf, typeOf } from './failure.ts';
import { stepKey, type Progress } from './progress.ts';

/** An announcement that takes longer than this follows when it can: Slack does not hold up a release. */
const openingPatience = '1m';

/** Characters; a summary may hold 400 bytes. */
const maxSummaryLength = 120;

/** The event that goes to the channel also where the release has no message there. */
const outcomeEvent = 'outcome';

export class Announcer {
  private said: Promise<void> = Promise.resolve();
  /** Its message could not be posted: a thread cannot hang on it. */
  private isUnopened = false;
  /** Slack did not take the last message in all the time that there was for it. */
  private isAway = false;
  /** By when the last words must be said, in milliseconds since 1970; absent while the release has more to say. */
  private until: number | undefined;

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
      this.isUnopened = true;
      const outcome = await slack.postMessage.executeWithOptions(options, [
        { channel, text, key: stepKey(event) },
      ]);
      this.isUnopened = false;
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

  /** A reply in the release's thread. Where that could not be opened, only the outcome is said, in the channel. */
  reply(event: string, ...lines: readonly string[]): void {
    if (this.target.environment.announcement === undefined) return;
    const text = slackText(...lines);
    this.say(`Slack thread: ${lines.join(' ')}`, async (channel, options) => {
      if (this.isUnopened && event !== outcomeEvent && patched('no-thread-without-a-message')) return;
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

  /** Resolves when everything is said, or has failed, and within three minutes. */
  async settled(): Promise<void> {
    this.until ??= Date.now() + lastWordsSeconds * 1_000;
    await this.said;
  }

  private say(summary: string, speak: (channel: string, options: ActivityOptions) => Promise<unknown>): void {
    const channel = this.target.environment.slackChannel;
    if (channel === undefined) return;
    this.said = this.said.then(() =>
      CancellationScope.nonCancellable(async () => {
        const milliseconds = this.timeLeft();
        if (milliseconds <= 0 && patched('last-words-in-time')) {
          return this.progress.note('Slack was not told everything: it was away for too long.');
        }
        try {
          await speak(channel, {
            summary: summary.slice(0, maxSummaryLength),
            scheduleToCloseTimeout: Math.max(1, milliseconds),
          });
          this.isAway = false;
        } catch (error) {
          // One message that Slack refuses says nothing of the others.
          this.isAway = typeOf(error) !== failureTypes.slackRejected;
          this.progress.note(`Slack was not told: ${reasonOf(error)}`);
        }
      }),
    );
  }

  /** For one message, in milliseconds. */
  private timeLeft(): number {
    const most = (this.isAway ? slackAwaySeconds : lastWordsSeconds) * 1_000;
    return this.until === undefined ? most : Math.min(most, this.until - Date.now());
  }
}
