/** `abort` stops what runs now; putting things back is the conductor's. */
import { CancellationScope } from '@temporalio/workflow';
import { abortedWords, type PersonMessage } from '../domain/person-message.ts';
import type { Judgement, Listener } from './listen.ts';

export class Abort {
  readonly scope = new CancellationScope();
  /** Who stopped the release and why; absent while nobody has. */
  reason: string | undefined;

  constructor(listener: Listener) {
    listener.on('abort', (message) => this.judge(message));
  }

  /** Whether somebody stopped it: with `abort`, or by cancelling the workflow. */
  get isStopped(): boolean {
    return this.scope.consideredCancelled;
  }

  private judge(message: PersonMessage): Judgement {
    if (this.reason !== undefined) return { followed: false, text: `it was ${this.reason} before` };
    const words = abortedWords(message);
    return {
      followed: true,
      text: `${words}; the target is being put back`,
      act: () => {
        this.reason = words;
        this.scope.cancel();
      },
      reportsItself: true,
    };
  }
}
