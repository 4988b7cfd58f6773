/** What the process tells of itself: its log and its metrics. */
import { Runtime, type Logger, type RuntimeOptions } from '@temporalio/worker';
import type { WorkerArguments } from './arguments.ts';
import { cannotListen, listenAddressText, type ListenAddress } from './listen-address.ts';
import { createLogger } from './logger.ts';

const minute = 60;
const hour = 60 * minute;
const stepSeconds = [1, 5, 15, 30, minute, 2 * minute, 5 * minute, 15 * minute, hour, 4 * hour, 24 * hour];
/** People and windows take longer. */
const waitSeconds = [minute, 5 * minute, 15 * minute, hour, 4 * hour, 12 * hour, 24 * hour, 72 * hour];

/**
 * Once a process, before anything connects. Answers the log; the SDK's own lines go there, too.
 * Throws `StartError` when the metrics' address is taken.
 */
export function installTelemetry({ metrics, log }: Pick<WorkerArguments, 'metrics' | 'log'>): Logger {
  const logger = createLogger(log);
  try {
    Runtime.install(runtimeOptions(logger, metrics));
  } catch (error) {
    if (metrics === undefined) throw error;
    throw cannotListen('--metrics-address', metrics, error instanceof Error ? error.message : String(error));
  }
  return logger;
}

export function runtimeOptions(logger: Logger, metrics: ListenAddress | undefined): RuntimeOptions {
  return {
    logger,
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metrics === undefined ? {} : { metrics: { prometheus: prometheus(metrics) } }),
    },
  };
}

function prometheus(address: ListenAddress) {
  return {
    bindAddress: listenAddressText(address),
    useSecondsForDurations: true,
    histogramBucketOverrides: {
      fairway_step_seconds: stepSeconds,
      fairway_gate_seconds: waitSeconds,
      fairway_queue_seconds: waitSeconds,
    },
  };
}
