/** `promote`, `pause` and `resume`, for strategies that go in steps. */
import { CancellationScope, condition, isCancellation, patched } from '@temporalio/workflow';
import { leastBakeAfterPauseSeconds } from '../domain/defaults.ts';
import { optional } from '../domain/fields.ts';
import type { PersonMessage } from '../domain/person-message.ts';
import { applyControl, noControl, type RolloutControl } from '../domain/rollout-control.ts';
import { askForApproval, type ApprovalScene } from './approvals.ts';
import { waitAtGate } from './gate.ts';
import type { Judgement, Listener } from './listen.ts';
import type { Progress } from './progress.ts';

/** A point where people decide. */
interface Gate {
  /** What they say yes to, for example `the switch to green`. */
  readonly subject: string;
  /** Why they are asked, when nobody foresaw it. */
  readonly because?: string;
}

export class Control {
  private state: RolloutControl = noControl;
  /** Ends the wait that runs now; absent while nothing waits. */
  private interrupt: (() => void) | undefined;
  /** A gate waits that no `promote` opens. */
  private needsApprovals = false;
  private promotedBy = 'a person';

  private runsThrough = false;

  constructor(
    listener: Listener,
    private readonly progress: Progress,
  ) {
    for (const what of ['promote', 'pause', 'resume'] as const) {
      listener.on(what, (message) => this.judge(what, message));
    }
  }

  /** Before a step begins: not while paused. */
  async proceed(): Promise<void> {
    if (this.state.paused) this.progress.ask('paused: "resume" goes on, "abort" ends it');
    await condition(() => !this.state.paused);
  }

  /** Paused where releases that were begun before went on all the same: call `proceed`, then look again. */
  get isHeld(): boolean {
    return this.state.paused && patched('held-before-the-start');
  }

  /** From here on there is no point at which it could be held. */
  runThrough(): void {
    this.runsThrough = true;
  }

  /**
   * Waits for people at a point where they decide; answers who let it go on. Where releases need approvals,
   * so does a gate, and from as many; elsewhere anybody's `promote` or `approve` opens it.
   */
  async gate(scene: ApprovalScene, gate: Gate): Promise<string> {
    const { target } = scene;
    const words = await (target.environment.approval.required > 0
      ? this.approvedGate(scene, gate)
      : this.openGate(scene, gate));
    await this.proceed();
    this.finishWait();
    return words;
  }

  /**
   * Runs a wait that `promote` ends early and `pause` interrupts; `work` gets the seconds that are left.
   * Answers `undefined` when a person ended it.
   */
  async bake<T>(seconds: number, work: (secondsLeft: number) => Promise<T>): Promise<T | undefined> {
    let left = seconds;
    while (!this.isPromoted) {
      await this.proceed();
      if (this.isPromoted && patched('promoted-while-paused')) break;
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
        if (!interrupted) throw error;
        // A worker that died just then could not tell that it was stopped.
        if (!isCancellation(error) && !patched('interrupted-is-no-failure')) throw error;
        if (this.isPromoted) break;
        left -= Math.round((Date.now() - startedAt) / 1_000);
        // To hold it at its very end is no verdict.
        if (left <= 0 && !patched('a-pause-is-no-promotion')) break;
        left = Math.max(left, Math.min(seconds, leastBakeAfterPauseSeconds));
      }
    }
    this.finishWait();
    return undefined;
  }

  private async approvedGate(scene: ApprovalScene, { subject, because }: Gate): Promise<string> {
    const { progress } = scene;
    this.needsApprovals = true;
    const digest = progress.status.planDigest ?? '';
    await askForApproval(scene, { subject, digest, ...optional('because', because) });
    this.needsApprovals = false;
    const by = progress.status.approval?.approvals.map((approval) => approval.by) ?? [];
    return `approved by ${by.join(' and ')}`;
  }

  private async openGate(scene: ApprovalScene, { because }: Gate): Promise<string> {
    const { listener, progress } = scene;
    const why = because === undefined ? '' : `${because}: `;
    return waitAtGate('promote', scene, async () => {
      progress.ask(`${why}a person must "promote" to go on, or "abort" to go back`);
      this.interrupt = () => undefined;
      listener.on('approve', (message) => this.judge('promote', message));
      await condition(() => this.isPromoted);
      listener.off('approve');
      return `promoted by ${this.promotedBy}`;
    });
  }

  private get isPromoted(): boolean {
    return this.state.full || this.state.promoted;
  }

  /** One `promote` ends one wait. */
  private finishWait(): void {
    this.interrupt = undefined;
    this.state = { ...this.state, promoted: false };
  }

  private judge(what: 'promote' | 'pause' | 'resume', { by, full }: PersonMessage): Judgement {
    const isPromote = what === 'promote';
    if (isPromote && full !== true && this.needsApprovals) {
      return { followed: false, text: 'this gate needs approvals: it opens with "approve"' };
    }
    if (what === 'pause' && this.runsThrough) {
      return { followed: false, text: 'from here it runs through and cannot be held; "abort" goes back' };
    }
    const message = isPromote && full === true ? 'promoteFully' : what;
    const answer = applyControl(this.state, message, this.interrupt !== undefined);
    if (!answer.followed) return { followed: false, text: answer.answer };
    return {
      followed: true,
      text: answer.answer,
      // What it opens is told when it lasts; each report costs a signal.
      ...(isPromote ? { reportsItself: true as const } : {}),
      act: () => {
        this.state = answer.control;
        if (isPromote) this.promotedBy = by;
        if (what !== 'resume') this.interrupt?.();
      },
    };
  }
}
