/** `promote`, `pause` and `resume`, for strategies that go in steps. */
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { PersonMessage } from '../domain/person-message.ts';
import { applyControl, noControl, type RolloutControl } from '../domain/rollout-control.ts';
import type { Judgement, Listener } from './listen.ts';

export class Control {
  private state: RolloutControl = noControl;
  /** Ends the wait that runs now; absent while nothing waits. */
  private interrupt: (() => void) | undefined;

  constructor(listener: Listener) {
    for (const what of ['promote', 'pause', 'resume'] as const) {
      listener.on(what, (message) => this.judge(what, message));
    }
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

  private judge(what: 'promote' | 'pause' | 'resume', { full }: PersonMessage): Judgement {
    const message = what === 'promote' && full === true ? 'promoteFully' : what;
    const answer = applyControl(this.state, message, this.interrupt !== undefined);
    if (!answer.followed) return { followed: false, text: answer.answer };
    return {
      followed: true,
      text: answer.answer,
      // What it opens is told when it lasts.
      ...(what === 'promote' ? { reportsItself: true as const } : {}),
      act: () => {
        this.state = answer.control;
        if (what !== 'resume') this.interrupt?.();
      },
    };
  }
}
