/** What the process tells of itself. */
import { DefaultLogger, Runtime, type RuntimeOptions } from '@temporalio/worker';
import type { WorkerArguments } from './arguments.ts';
import { cannotListen, listenAddressText } from './listen-address.ts';

/** Once a process, before anything connects. Throws `StartError` when the metrics' address is taken. */
export function installTelemetry({ metrics }: Pick<WorkerArguments, 'metrics'>): void {
  const common: RuntimeOptions = { logger: new DefaultLogger('INFO'), shutdownSignals: [] };
  if (metrics === undefined) {
    Runtime.install(common);
    return;
  }
  const bindAddress = listenAddressText(metrics);
  try {
    Runtime.install({
      ...common,
      telemetryOptions: { metrics: { prometheus: { bindAddress, useSecondsForDurations: true } } },
    });
  } catch (error) {
    throw cannotListen('--metrics-address', metrics, error instanceof Error ? error.message : String(error));
  }
}
