/** Gates at which a release waits for people or time: found in lists of workflows, and measured. */
import { patched, upsertSearchAttributes } from '@temporalio/workflow';
import type { Gate } from '../domain/search-attributes.ts';
import type { Target } from '../domain/target.ts';
import { recordGateWait } from './metrics.ts';
import { waitingAttributes } from './search-attributes.ts';

/** Runs the wait. Call it only where there is one: it is said in a search attribute, which costs two actions. */
export async function waitAtGate<T>(gate: Gate, target: Target, wait: () => Promise<T>): Promise<T> {
  const since = Date.now();
  const isListed = patched('gates-in-lists');
  if (isListed) upsertSearchAttributes(waitingAttributes(gate));
  try {
    return await wait();
  } finally {
    if (isListed) upsertSearchAttributes(waitingAttributes(undefined));
    recordGateWait(gate, since, target);
  }
}
