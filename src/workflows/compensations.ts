/**
 * Register the undo before the do. Whatever ends a release early, the undos run in reverse order,
 * cannot be cancelled, and one that fails does not keep the others from running.
 */
import { CancellationScope } from '@temporalio/workflow';
import { optional } from '../domain/fields.ts';
import { reasonOf, suspectOf, typeOf, type Suspect } from './failure.ts';

export interface Compensation {
  /** What it puts back, for people: `image of Deployment shop-server`. */
  readonly name: string;
  /** How a person would do it by hand when it cannot be done. */
  readonly byHand: string;
  readonly undo: () => Promise<void>;
}

export interface Leftover {
  readonly name: string;
  readonly error: string;
  /** Failure type on the wire, if there is one. */
  readonly type: string | undefined;
  readonly byHand: string;
  /** What was looked at when it turned out not to be well. */
  readonly suspect?: Suspect;
}

export class Compensations {
  private readonly stack: Compensation[] = [];
  private firstAt: number | undefined;

  register(compensation: Compensation): void {
    this.firstAt ??= Date.now();
    this.stack.push(compensation);
  }

  /** When the target began to change, in milliseconds since 1970: what was wrong before is not the release's doing. */
  get began(): number | undefined {
    return this.firstAt;
  }

  /** Nothing registered means that nothing was changed. */
  get isEmpty(): boolean {
    return this.stack.length === 0;
  }

  /** Runs every undo, newest first; answers what could not be undone. */
  async run(): Promise<readonly Leftover[]> {
    return CancellationScope.nonCancellable(async () => {
      const leftovers: Leftover[] = [];
      for (const { name, byHand, undo } of this.stack.splice(0).reverse()) {
        try {
          await undo();
        } catch (error) {
          leftovers.push({
            ...{ name, error: reasonOf(error), type: typeOf(error), byHand },
            ...optional('suspect', suspectOf(error)),
          });
        }
      }
      return leftovers;
    });
  }
}
