/** Gates at which a release waits for people or time: found in lists of workflows, and measured. */
import type { Gate } from '../domain/search-attributes.ts';
import type { Target } from '../domain/target.ts';
import { recordGateWait } from './metrics.ts';
import type { Progress } from './progress.ts';

interface GateScene {
  readonly progress: Progress;
  readonly target: Target;
}

/** Runs the wait. Call it only where there is one: that lists show it costs two actions. */
export async function waitAtGate<T>(
  gate: Gate,
  { progress, target }: GateScene,
  wait: () => Promise<T>,
): Promise<T> {
  const since = Date.now();
  progress.set({ gate });
  try {
    return await wait();
  } finally {
    progress.leaveGate();
    recordGateWait(gate, since, target);
  }
}
