/**
 * What to do about a release whose newest revision is `pending-*`. Helm writes such a revision,
 * does its work, then calls it deployed or failed: one that stays pending was left by a helm that
 * died, and refuses every later upgrade. Only its age and its author tell it from a running one.
 */
import { isPending, type Revision } from './release-history.ts';

export type PendingDecision =
  | { readonly kind: 'settled' }
  /** May still be running: look again in a moment. */
  | { readonly kind: 'wait' }
  /** Its helm is gone. */
  | { readonly kind: 'crashed' }
  /** Somebody else's, and possibly running. */
  | { readonly kind: 'refuse'; readonly reason: string };

export interface PendingFacts {
  readonly now: Date;
  /** Written by this project, or wanting exactly what is wanted now. */
  readonly ours: boolean;
  /** How long a helm whose worker died may go on: without `--wait` it takes a few seconds. */
  readonly graceSeconds: number;
  /** How long anybody's helm may take. */
  readonly helmSeconds: number;
}

export function decidePending(revision: Revision, facts: PendingFacts): PendingDecision {
  if (!isPending(revision)) return { kind: 'settled' };
  const ageSeconds = (facts.now.getTime() - Date.parse(revision.updatedAt)) / 1000;
  if (facts.ours) return { kind: ageSeconds < facts.graceSeconds ? 'wait' : 'crashed' };
  if (ageSeconds >= facts.helmSeconds) return { kind: 'crashed' };
  return {
    kind: 'refuse',
    reason: `revision ${revision.revision} (${revision.status}) by somebody else is in progress since ${revision.updatedAt}`,
  };
}
