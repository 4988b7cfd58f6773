/** `promote`, `pause` and `resume`, as signals and updates, for strategies that go in steps. */
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { CancellationScope, condition, isCancellation, setHandler } from '@temporalio/workflow';
import { failureTypes } from '../domain/failures.ts';
import { parsePersonMessage } from '../domain/person-message.ts';
import {
  applyControl,
  noControl,
  type ControlMessage,
  type RolloutControl,
} from '../domain/rollout-control.ts';
import { failure } from './failure.ts';
import {
  pauseSignal,
  pauseUpdate,
  promoteSignal,
  promoteUpdate,
  resumeSignal,
  resumeUpdate,
} from './messages.ts';
import type { Progress } from './progress.ts';

export class Control {
  private state: RolloutControl = noControl;
  /** Ends the wait that runs now; absent while nothing waits. */
  private interrupt: (() => void) | undefined;

  constructor(private readonly progress: Progress) {
    this.listen('promote', promoteSignal, promoteUpdate);
    this.listen('pause', pauseSignal, pauseUpdate);
    this.listen('resume', resumeSignal, resumeUpdate);
  }

  /** Before a step begins: not while paused. */
  async proceed(): Promise<void> {
    await condition(() => !this.state.paused);
  }

  /** Waits for a person's `promote`. */
  async gate(): Promise<void> {
    this.interrupt = () => undefined;
    await condition(() => (this.state.promoted || this.state.full) && !this.state.paused);
    this.finishWait();
  }

  /**
   * Runs a wait that `promote` ends early and `pause` interrupts; `work` gets the seconds that are left.
   * Answers `undefined` when a person ended it.
   */
  async bake<T>(seconds: number, work: (secondsLeft: number) => Promise<T>): Promise<T | undefined> {
    let left = seconds;
    while (!this.state.full && !this.state.promoted && left > 0) {
      await this.proceed();
      const startedAt = Date.now();
      const scope = new CancellationScope();
      let interrupted = false;
      this.interrupt = () => {
        interrupted = true;
        scope.cancel();
      };
      try {
        const result = await scope.run(() => work(left));
        this.finishWait();
        return result;
      } catch (error) {
        if (!interrupted || !isCancellation(error)) throw error;
        left -= Math.round((Date.now() - startedAt) / 1_000);
      }
    }
    this.finishWait();
    return undefined;
  }

  /** One `promote` ends one wait. */
  private finishWait(): void {
    this.interrupt = undefined;
    this.state = { ...this.state, promoted: false };
  }

  private listen(
    what: 'promote' | 'pause' | 'resume',
    signal: SignalDefinition<[unknown]>,
    update: UpdateDefinition<string, [unknown]>,
  ): void {
    setHandler(signal, (input) => {
      const answer = this.take(what, input);
      if (!answer.followed) this.progress.note(`A "${what}" was not followed: ${answer.text}`);
    });
    setHandler(update, (input) => this.take(what, input).text, {
      validator: (input) => {
        const parsed = parsePersonMessage(input);
        if (!parsed.ok) throw failure(failureTypes.invalidRequest, parsed.problem);
        const answer = applyControl(this.state, messageOf(what, input), this.interrupt !== undefined);
        if (!answer.followed) throw failure(failureTypes.invalidRequest, answer.answer);
      },
    });
  }

  private take(what: 'promote' | 'pause' | 'resume', input: unknown): { followed: boolean; text: string } {
    const parsed = parsePersonMessage(input);
    if (!parsed.ok) return { followed: false, text: parsed.problem };
    const answer = applyControl(this.state, messageOf(what, input), this.interrupt !== undefined);
    if (!answer.followed) return { followed: false, text: answer.answer };
    this.state = answer.control;
    this.progress.decide(parsed.message, what);
    if (what !== 'resume') this.interrupt?.();
    return { followed: true, text: answer.answer };
  }
}

function messageOf(what: 'promote' | 'pause' | 'resume', input: unknown): ControlMessage {
  const full = what === 'promote' && (input as { readonly full?: unknown } | null)?.full === true;
  return full ? 'promoteFully' : what;
}
