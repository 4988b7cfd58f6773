/** `abort`, as signal and as update: stops what runs now; putting things back is the conductor's. */
import { CancellationScope, setHandler } from '@temporalio/workflow';
import { failureTypes } from '../domain/failures.ts';
import { parsePersonMessage, type ParsedMessage } from '../domain/person-message.ts';
import { failure } from './failure.ts';
import { abortSignal, abortUpdate } from './messages.ts';
import type { Progress } from './progress.ts';

export class Abort {
  readonly scope = new CancellationScope();
  /** Who stopped the release and why; absent while nobody has. */
  reason: string | undefined;
  private open = true;

  constructor(private readonly progress: Progress) {
    setHandler(abortSignal, (input) => {
      this.take(parsePersonMessage(input));
    });
    setHandler(abortUpdate, (input) => this.take(parsePersonMessage(input)), {
      validator: (input) => {
        const parsed = parsePersonMessage(input);
        if (!parsed.ok) throw failure(failureTypes.invalidRequest, parsed.problem);
        if (!this.open) throw failure(failureTypes.invalidRequest, 'the release is at its end already');
      },
    });
  }

  /** From here on there is nothing left to stop. */
  close(): void {
    this.open = false;
  }

  /** A signal that cannot be followed is not lost: it becomes a note. */
  private take(parsed: ParsedMessage): string {
    if (!parsed.ok) return this.remember(`An "abort" was not followed: ${parsed.problem}`);
    const { by, reason } = parsed.message;
    const words = `aborted by ${by}${reason === undefined ? '' : `: ${reason}`}`;
    if (!this.open || this.reason !== undefined) return this.remember(`Came too late: ${words}`);
    this.reason = words;
    this.progress.decide(parsed.message, 'abort');
    this.scope.cancel();
    return `${words}; the target is being put back`;
  }

  private remember(note: string): string {
    this.progress.note(note);
    return note;
  }
}
