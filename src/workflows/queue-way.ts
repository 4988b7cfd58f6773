/** One release's way through the queue of a target: look who is there, decide, and do what was decided. */
import { workflowInfo } from '@temporalio/workflow';
import type { Holder, TargetQueue } from '../activities/temporal/types.ts';
import { failureTypes } from '../domain/failures.ts';
import type { PersonMessage } from '../domain/person-message.ts';
import { decideMove, type QueueMove, type QueueRank, type Waiting } from '../domain/queue.ts';
import type { InterruptedRelease } from '../domain/rollback-decision.ts';
import { ending, temporal } from './activity-options.ts';
import { failure } from './failure.ts';
import { abortHolder } from './hold-policy.ts';
import type { Progress } from './progress.ts';

export interface QueueOrder {
  /** ID of the workflow that is the lock. */
  readonly lock: string;
  readonly rank: QueueRank;
  /** What a holder hears that has to make room. */
  readonly message: PersonMessage;
}

/** Takes the target; `undefined` when somebody else was quicker. Gets who was stopped for it, if somebody was. */
export type Take<T> = (interrupted: InterruptedRelease | undefined) => Promise<T | undefined>;

/** The failure of one that may not wait. */
export type Refuse = (holder: Holder | undefined) => Promise<Error>;

export class QueueWay {
  /** Runs that have ended: lists are a moment behind. */
  private readonly gone = new Set<string>();
  private interrupted: InterruptedRelease | undefined;

  constructor(
    private readonly order: QueueOrder,
    private readonly progress: Progress,
    private readonly since: string,
    private readonly onAsked: (holder: string) => void,
  ) {}

  async run<T>(take: Take<T>, refuse: Refuse): Promise<T> {
    for (;;) {
      const queue = await this.look();
      const { holder } = queue;
      const move = decideMove(this.self(queue), holder, this.others(queue));
      switch (move.move) {
        case 'go': {
          const taken = await take(this.interrupted);
          if (taken !== undefined) return taken;
          break;
        }
        case 'refuse':
          throw await refuse(holder);
        case 'superseded':
          throw await this.superseded(move.by);
        case 'stop':
          if (holder !== undefined) await this.stop(holder);
          break;
        case 'wait':
          await this.wait(move, holder);
          break;
      }
    }
  }

  private async look(): Promise<TargetQueue> {
    const { lock } = this.order;
    const summary = `Who has ${lock}, and who waits for it`;
    const queue = await temporal.describeQueue.executeWithOptions({ summary }, [{ workflowId: lock }]);
    if (queue.problem !== undefined) {
      this.progress.note(`Who else waits is unknown, and so is the order: ${queue.problem}`);
    }
    return queue;
  }

  /** As the server lists it, so that everybody compares the same. */
  private self({ waiting }: TargetQueue): Waiting {
    const { runId, workflowId, startTime } = workflowInfo();
    const { rank } = this.order;
    const listed = waiting.find((each) => each.runId === runId);
    return listed ?? { release: workflowId, runId, rank, startedAt: startTime.toISOString() };
  }

  private others({ waiting }: TargetQueue): readonly Waiting[] {
    const { runId } = workflowInfo();
    return waiting.filter((each) => each.runId !== runId && !this.gone.has(each.runId));
  }

  private async stop(holder: Holder): Promise<void> {
    this.onAsked(holder.release);
    const { lock, message } = this.order;
    const stopped = await abortHolder(lock, holder, message, this.progress);
    // What ran before the first of them is what "previous" was said of.
    this.interrupted ??= stopped;
  }

  /** The end of whoever is in front of everybody: with each of them, places change. */
  private async wait(
    { place, behind }: Extract<QueueMove, { move: 'wait' }>,
    holder: Holder | undefined,
  ): Promise<void> {
    const { lock } = this.order;
    const release = holder?.release ?? behind?.release ?? lock;
    const run = holder === undefined ? behind : { release: lock, runId: holder.runId };
    if (run === undefined) return;
    const since = holder?.startedAt ?? this.since;
    await this.progress.step(
      'Wait in the queue',
      async () => {
        this.progress.set({ queue: { place, behind: release, since: this.since } });
        await ending.awaitEnd.executeWithOptions(
          { summary: `Place ${place}: wait until release ${release} has ended` },
          [{ workflowId: run.release, runId: run.runId }],
        );
      },
      {
        next:
          holder === undefined
            ? `release "${release}" is about to take the target`
            : `place ${place} in the queue; release "${release}" (${holder.description}) holds the target since ${since}`,
      },
    );
    this.gone.add(run.runId);
  }

  private async superseded(by: string): Promise<Error> {
    const words = `superseded by release "${by}". It waited for the target and changed nothing.`;
    return failure(failureTypes.aborted, words, await this.progress.finish('aborted', words));
  }
}
