/** The worker's command line. */
import { parseArgs } from 'node:util';
import { StartError } from './start-error.ts';

export interface WorkerArguments {
  readonly help: boolean;
  readonly config: string;
  /** Absent: all of them. */
  readonly environments?: readonly string[];
  readonly control: boolean;
  readonly helm: string;
  readonly kubeconfig?: string;
}

export const help = `Fairway's worker: serves releases from a Temporal server.

Usage: npm run worker -- [options]

  --config FILE          services and environments (default: fairway.yaml)
  --environment NAME     serve only this environment's task queue; may be repeated (default: all)
  --no-control           serve no control task queue: a worker that only holds a cluster's credentials
  --kubeconfig FILE      kubeconfig with the contexts named in the configuration (default: as kubectl)
  --helm FILE            the helm program (default: helm from PATH)
  --help                 this text

Temporal: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE and the profiles of temporal.toml.
Slack: SLACK_BOT_TOKEN; without it messages are logged.
Checklists: FAIRWAY_GITHUB_TOKEN and FAIRWAY_PAGERDUTY_TOKEN, where fairway.yaml names these systems.
Incidents: FAIRWAY_GITHUB_TOKEN for tickets, FAIRWAY_WEBHOOK_SECRET to sign web hooks.

Exit codes: 0 stopped as asked, 1 failed, 2 wrong arguments or configuration.
`;

/** Throws `StartError`. */
export function parseWorkerArguments(args: readonly string[]): WorkerArguments {
  const { values } = parsed(args);
  return {
    help: values.help ?? false,
    config: values.config ?? 'fairway.yaml',
    control: values['no-control'] !== true,
    helm: values.helm ?? 'helm',
    ...(values.environment === undefined ? {} : { environments: values.environment }),
    ...(values.kubeconfig === undefined ? {} : { kubeconfig: values.kubeconfig }),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        environment: { type: 'string', multiple: true },
        'no-control': { type: 'boolean' },
        helm: { type: 'string' },
        kubeconfig: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\nTry --help.`, 2);
  }
}
