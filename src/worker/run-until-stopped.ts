/** Runs the workers of a process until it is asked to stop. */
import type { Worker } from '@temporalio/worker';
import { shutdownGraceSeconds } from './arguments.ts';
import type { StopSignals } from './stop-signals.ts';

interface Log {
  info(message: string): void;
  warn(message: string): void;
}

/**
 * The first signal lets running activities end, and cancels what is left after the grace; Temporal hands it to
 * another worker. The second one ends the process where it stands: what it ran is missed in seconds.
 */
export async function runUntilStopped(
  workers: readonly Worker[],
  signals: StopSignals,
  log: Log,
): Promise<void> {
  const shutDown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  let asked = false;
  signals.take((signal) => {
    if (asked) {
      log.warn(`${signal} again: ends now. Temporal gives what was running to another worker.`);
      process.exit(1);
    }
    asked = true;
    log.info(`${signal}: takes no more work; what is running has ${shutdownGraceSeconds} s to end.`);
    shutDown();
  });
  // One that fails ends the others: a process that serves half of its task queues helps nobody.
  await Promise.all(workers.map((worker) => worker.run().finally(shutDown)));
}
