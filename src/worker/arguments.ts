/** The worker's command line. */
import { parseArgs } from 'node:util';
import { secretVariables } from '../config/environment-variables.ts';
import { optional } from '../domain/fields.ts';
import { parseListenAddress, type ListenAddress } from './listen-address.ts';
import { readLogOptions, type LogOptions } from './log-options.ts';
import { StartError } from './start-error.ts';

export interface WorkerArguments {
  readonly help: boolean;
  readonly config: string;
  /** Absent: all of them. */
  readonly environments?: readonly string[];
  readonly control: boolean;
  readonly helm: string;
  readonly kubeconfig?: string;
  /** Name of the cluster that the worker's own pod runs in. */
  readonly inCluster?: string;
  /** Where the pod's account is mounted, when not at the usual place. */
  readonly serviceAccount?: string;
  /** Where /healthz and /readyz are answered; nowhere when absent. */
  readonly health?: ListenAddress;
  /** Where Prometheus reads metrics; nowhere when absent. */
  readonly metrics?: ListenAddress;
  readonly log: LogOptions;
}

/** For running activities to end by themselves, before they are cancelled. */
export const shutdownGraceSeconds = 20;

export const help = `Fairway's worker: serves releases from a Temporal server.

Usage: npm run worker -- [options]

  --config FILE          services and environments (default: fairway.yaml)
  --environment NAME     serve only this environment's task queue; may be repeated (default: all)
  --no-environments      serve no environment: a worker that holds no cluster's credentials
  --no-control           serve no control task queue: a worker that only holds a cluster's credentials
  --kubeconfig FILE      kubeconfig with the contexts named in the configuration (default: as kubectl)
  --in-cluster CONTEXT   this worker's pod runs in the cluster that the configuration calls CONTEXT: reach it
                         by the pod's service account, and no other cluster
  --service-account DIR  folder of the pod's token and ca.crt (default: as Kubernetes mounts them)
  --helm FILE            the helm program (default: helm from PATH)
  --health-address HOST:PORT
                         answer /healthz (alive) and /readyz (polling, and Temporal answers) there (default: off)
  --metrics-address HOST:PORT
                         serve Prometheus metrics there under /metrics (default: off)
  --log-format text|json a line for people or for machines (default: text at a terminal, else json)
  --log-level LEVEL      trace, debug, info, warn or error (default: info)
  --help                 this text

Temporal: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE and the profiles of temporal.toml.
Traces: OTEL_EXPORTER_OTLP_ENDPOINT and OpenTelemetry's other variables; without it there are none.
Secrets, all optional; where fairway.yaml needs one that is absent, the log says so at the start:
${secretLines()}

SIGTERM or SIGINT: no new work is taken, running work gets ${shutdownGraceSeconds} seconds; a second one ends at once.
Exit codes: 0 stopped as asked, 1 failed, 2 wrong arguments or configuration.
`;

function secretLines(): string {
  const width = Math.max(...Object.keys(secretVariables).map(({ length }) => length));
  return Object.entries(secretVariables)
    .map(([name, meaning]) => `  ${name.padEnd(width)} ${meaning}`)
    .join('\n');
}

/** Throws `StartError`. */
export function parseWorkerArguments(args: readonly string[]): WorkerArguments {
  const { values } = parsed(args);
  const listenAt = (flag: 'health-address' | 'metrics-address') => {
    const text = values[flag];
    return text === undefined ? undefined : parseListenAddress(`--${flag}`, text);
  };
  const contradiction = contradictionIn(values);
  if (contradiction !== undefined) throw new StartError(`${contradiction}\nTry --help.`, 2);
  return {
    help: values.help ?? false,
    config: values.config ?? 'fairway.yaml',
    control: values['no-control'] !== true,
    helm: values.helm ?? 'helm',
    ...(values['no-environments'] === true ? { environments: [] } : {}),
    ...(values.environment === undefined ? {} : { environments: values.environment }),
    ...(values.kubeconfig === undefined ? {} : { kubeconfig: values.kubeconfig }),
    ...(values['in-cluster'] === undefined ? {} : { inCluster: values['in-cluster'] }),
    ...(values['service-account'] === undefined ? {} : { serviceAccount: values['service-account'] }),
    ...optional('health', listenAt('health-address')),
    ...optional('metrics', listenAt('metrics-address')),
    log: readLogOptions({ format: values['log-format'], level: values['log-level'] }),
  };
}

function contradictionIn(values: ReturnType<typeof parsed>['values']): string | undefined {
  const served = values.environment?.length ?? 0;
  if (values['no-environments'] === true && served > 0)
    return '--environment and --no-environments contradict each other: leave one of them out.';
  if (values['no-environments'] === true && values['no-control'] === true)
    return 'With --no-environments and --no-control there is nothing to serve: leave one of them out.';
  if (values['in-cluster'] !== undefined && values.kubeconfig !== undefined)
    return '--in-cluster and --kubeconfig contradict each other: a worker has its credentials from its pod or from a file.';
  if (values['service-account'] !== undefined && values['in-cluster'] === undefined)
    return '--service-account says where the account of --in-cluster is: add --in-cluster CONTEXT.';
  return undefined;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        environment: { type: 'string', multiple: true },
        'no-environments': { type: 'boolean' },
        'no-control': { type: 'boolean' },
        helm: { type: 'string' },
        kubeconfig: { type: 'string' },
        'health-address': { type: 'string' },
        'metrics-address': { type: 'string' },
        'log-format': { type: 'string' },
        'log-level': { type: 'string' },
        'in-cluster': { type: 'string' },
        'service-account': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\nTry --help.`, 2);
  }
}
