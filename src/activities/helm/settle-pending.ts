/** Waits for, gives up on, or refuses a release that another helm is, or was, working on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { asyncLocalStorage } from '@temporalio/activity';
import { failureTypes } from '../../domain/failures.ts';
import { refusal } from './failures.ts';
import type { HelmRelease } from './helm-release.ts';
import { decidePending } from './pending.ts';
import { newest, type History, type Revision } from './release-history.ts';

export interface SettleOptions {
  readonly graceSeconds: number;
  /** Whether a pending revision may be our own doing. */
  ours(pending: Revision, history: History): Promise<boolean>;
}

/** helm has no way to watch a release; a look costs one list of Secrets. */
const lookEveryMs = 1_000;

export type Settled =
  | { readonly state: 'settled'; readonly history: History }
  /** The newest revision is pending, and nobody works on it any more. */
  | { readonly state: 'crashed'; readonly history: History };

/** Throws `NotFound` when there is no such release, `HelmFailed` when somebody else is at work. */
export async function settlePending(release: HelmRelease, options: SettleOptions): Promise<Settled> {
  const { spec, target } = release;
  const where = `${spec.release} in ${target.environment.namespace} (${target.environment.cluster})`;
  for (;;) {
    const history = await release.history();
    if (history === undefined) {
      throw refusal(failureTypes.notFound, `There is no Helm release ${where}. Install it first.`);
    }
    const last = newest(history);
    const decision = decidePending(last, {
      now: new Date(),
      ours: await options.ours(last, history),
      graceSeconds: options.graceSeconds,
      helmSeconds: target.service.timeouts.helmSeconds,
    });
    switch (decision.kind) {
      case 'settled':
        return { state: 'settled', history };
      case 'crashed':
        return { state: 'crashed', history };
      case 'refuse':
        throw refusal(
          failureTypes.helmFailed,
          `Release ${where}: ${decision.reason}. Wait until it is done, or ask who started it.`,
        );
      case 'wait': {
        const activity = asyncLocalStorage.getStore();
        activity?.heartbeat(`waiting for revision ${last.revision} (${last.status})`);
        await (activity?.sleep(lookEveryMs) ?? sleep(lookEveryMs));
      }
    }
  }
}
