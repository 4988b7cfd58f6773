/**
 * The one place where messages from people are heard, as signal and as update of the same name. Each is
 * parsed, judged, and then followed and recorded as a decision, or refused: an update gets the reason as
 * its answer, a signal becomes a note. None is lost.
 */
import { setHandler } from '@temporalio/workflow';
import { maxMessageNotes } from '../domain/defaults.ts';
import { failureTypes } from '../domain/failures.ts';
import { parsePersonMessage, type MessageName, type PersonMessage } from '../domain/person-message.ts';
import { failure } from './failure.ts';
import { personMessages, type Forwarded } from './messages.ts';
import type { Progress } from './progress.ts';

/** What is to be made of a message. Nothing has happened yet: `act` does it. */
export type Judgement =
  | {
      readonly followed: true;
      /** The answer: what happens now. */
      readonly text: string;
      readonly act: () => void;
      /** How the decision is recorded, when the message's name does not say enough. */
      readonly recordAs?: string;
      /** What comes of it is reported anyway, and at once. */
      readonly reportsItself?: true;
    }
  | { readonly followed: false; readonly text: string };

/** Changes nothing: validators of updates ask it, too. */
export type Hearing = (message: PersonMessage) => Judgement;

export class Listener {
  private readonly hearings = new Map<MessageName, Hearing>();
  private closedBecause: string | undefined;
  private refused = 0;

  constructor(private readonly progress: Progress) {}

  /**
   * Begins to hear, with what came together with the start: to be called before the workflow's first
   * await, and after what must be heard from the first moment was said to `on`.
   */
  open(): void {
    for (const { name, signal, update } of personMessages) {
      setHandler(signal, (input, forwarded) => {
        this.hear(name, input, forwarded);
      });
      setHandler(update, (input) => this.follow(name, input), {
        validator: (input) => {
          const { judgement } = this.judge(name, input);
          if (!judgement.followed) throw failure(failureTypes.invalidRequest, judgement.text);
        },
      });
    }
  }

  /** From here on, and instead of what was said before, messages of this name are judged so. */
  on(name: MessageName, hearing: Hearing): void {
    this.hearings.set(name, hearing);
  }

  /** From here on nothing waits for messages of this name. */
  off(...names: readonly MessageName[]): void {
    for (const name of names) this.hearings.delete(name);
  }

  /** From here on every message comes too late, for example because `the release is at its end already`. */
  close(because: string): void {
    this.closedBecause = because;
  }

  private hear(name: MessageName, input: unknown, forwarded: Forwarded | undefined): void {
    const judged = this.judge(name, input);
    const { followed, text } = judged.judgement;
    this.carryOut(name, judged);
    // Whoever passed it on as an update waits for the answer, and gets it.
    if (typeof forwarded?.id === 'string') {
      this.progress.answer({ id: forwarded.id, followed, text });
      return;
    }
    if (!followed) this.remember(name, judged);
    if (!reportsItself(judged)) this.progress.report();
  }

  /** Of an update that the validator let through; only another message of the same moment can be in its way. */
  private follow(name: MessageName, input: unknown): string {
    const judged = this.judge(name, input);
    const { followed, text } = judged.judgement;
    if (!followed) throw failure(failureTypes.invalidRequest, text);
    this.carryOut(name, judged);
    if (!reportsItself(judged)) this.progress.report();
    return text;
  }

  private judge(name: MessageName, input: unknown): Judged {
    const parsed = parsePersonMessage(name, input);
    const no = (text: string): Judgement => ({ followed: false, text });
    if (!parsed.ok) return { message: undefined, judgement: no(parsed.problem) };
    const { message } = parsed;
    if (this.closedBecause !== undefined)
      return { message, judgement: no(`it came too late: ${this.closedBecause}`) };
    const hearing = this.hearings.get(name);
    return { message, judgement: hearing === undefined ? no(unheard[name]) : hearing(message) };
  }

  private carryOut(name: MessageName, { message, judgement }: Judged): void {
    if (message === undefined || !judgement.followed) return;
    this.progress.decide(message, judgement.recordAs ?? name);
    judgement.act();
  }

  /** Bounded: the status travels with every report. */
  private remember(name: MessageName, { message, judgement }: Judged): void {
    this.refused += 1;
    if (this.refused > maxMessageNotes)
      return this.progress.note('There were more messages that could not be followed.');
    const by = message === undefined ? '' : ` by ${message.by}`;
    this.progress.note(`"${name}"${by} was not followed: ${judgement.text}`);
  }
}

interface Judged {
  /** Absent: it could not be read. */
  readonly message: PersonMessage | undefined;
  readonly judgement: Judgement;
}

function reportsItself({ judgement }: Judged): boolean {
  return judgement.followed && judgement.reportsItself === true;
}

/** Why nothing comes of a message that nothing waits for. */
const unheard: Readonly<Record<MessageName, string>> = {
  approve: 'nobody is asked for approval now',
  revoke: 'nobody is asked for approval now, so there is nothing to take back',
  reject: 'nobody is asked for approval now; "abort" ends the release',
  attest: 'no checklist is open now',
  override: 'nothing is held up now by a window or a promotion rule',
  abort: 'there is nothing to stop now',
  promote: 'nothing waits for it now: it opens a gate or ends a bake',
  pause: 'nothing can be held now: it holds a canary or a blue/green deployment between its steps',
  resume: 'it is not paused',
};
