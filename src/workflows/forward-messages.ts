/**
 * Between the workflow that people started and the one that holds the target: messages from people go
 * down, reports come up. Between workflows there are only signals, so the answer to an update comes back
 * with a report.
 */
import {
  CancellationScope,
  condition,
  setHandler,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import { failureTypes } from '../domain/failures.ts';
import { parsePersonMessage } from '../domain/person-message.ts';
import type { MessageAnswer } from '../domain/status.ts';
import { failure } from './failure.ts';
import { personMessages, progressSignal, type PersonMessageDefinition } from './messages.ts';
import type { Progress } from './progress.ts';

const tooLate = 'it came too late: the release is at its end already';

export class Forwarding {
  private readonly answers = new Map<string, MessageAnswer>();
  private forwarded = 0;
  private ended = false;
  /** The message that went down last; never rejects. */
  private last: Promise<unknown> = Promise.resolve();

  /** Takes over every handler: from here on the holder of the target hears what people send. */
  constructor(
    private readonly holder: ChildWorkflowHandle<Workflow>,
    private readonly progress: Progress,
  ) {
    setHandler(progressSignal, (status) => {
      for (const answer of status.answers ?? []) this.answers.set(answer.id, answer);
      progress.mirror(status);
    });
    for (const definition of personMessages) {
      const { name, signal, update } = definition;
      setHandler(signal, (message) => this.passOn(definition, message));
      setHandler(update, (message) => this.ask(definition, message), {
        validator: (message) => {
          const parsed = parsePersonMessage(name, message);
          if (!parsed.ok) throw failure(failureTypes.invalidRequest, parsed.problem);
          if (this.ended) throw failure(failureTypes.invalidRequest, tooLate);
        },
      });
    }
  }

  /** The holder has said its last word: what has no answer by now came too late. */
  end(): void {
    this.ended = true;
  }

  /** Whatever becomes of it stands in the status that the holder reports. */
  private async passOn({ name, signal }: PersonMessageDefinition, message: unknown): Promise<void> {
    // Said first: what comes of it may be reported in the same moment in which it is known to have arrived.
    if (!this.ended) this.progress.set({ next: `"${name}" is passed on; what comes of it follows` });
    const reached = await CancellationScope.nonCancellable(() => this.reach(signal, message));
    if (!reached) this.progress.note(`"${name}" was not followed: ${tooLate}`);
  }

  /** Passes it on and waits for what the holder answers. */
  private async ask({ signal }: PersonMessageDefinition, message: unknown): Promise<string> {
    const id = String((this.forwarded += 1));
    return CancellationScope.nonCancellable(async () => {
      const reached = await this.reach(signal, message, id);
      if (reached) await condition(() => this.ended || this.answers.has(id));
      const answer = this.answers.get(id);
      this.answers.delete(id);
      if (answer?.followed !== true) throw failure(failureTypes.invalidRequest, answer?.text ?? tooLate);
      return answer.text;
    });
  }

  /** Whether the holder was still there to hear it. One by one: "pause" must not come after its "resume". */
  private reach(signal: PersonMessageDefinition['signal'], message: unknown, id?: string): Promise<boolean> {
    const sent = this.last.then(() => this.send(signal, message, id));
    this.last = sent;
    return sent;
  }

  private async send(
    signal: PersonMessageDefinition['signal'],
    message: unknown,
    id: string | undefined,
  ): Promise<boolean> {
    if (this.ended) return false;
    try {
      await (id === undefined
        ? this.holder.signal(signal, message)
        : this.holder.signal(signal, message, { id }));
      return true;
    } catch {
      return false;
    }
  }
}
