/** The one place that starts helm: an argument array, a reduced environment, bounded output. */
import { asyncLocalStorage } from '@temporalio/activity';
import { execa } from 'execa';
import { helmEnvironment } from './helm-environment.ts';
import { trackGroup } from './process-group.ts';
import { withRepositoryLogin } from './repository-login.ts';

export interface HelmCliDeps {
  /** Path of helm 3 (3.14 or newer), or `helm` to find it on PATH. */
  readonly binary: string;
  /** kubeconfig that holds the environments' contexts; helm's own rules when absent. */
  readonly kubeconfig?: string;
  /** Reduced to what helm needs before use; `process.env` when absent. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Of the users that services name for their chart repositories. */
  readonly repositoryPassword?: string;
}

export interface HelmCall {
  readonly args: readonly string[];
  /** kube context. */
  readonly cluster: string;
  readonly namespace: string;
  /** The process is ended after this long. */
  readonly timeoutSeconds: number;
  readonly stdin?: string;
}

export type HelmResult =
  | { readonly outcome: 'done'; readonly stdout: string }
  /** helm answered with an error. */
  | { readonly outcome: 'failed'; readonly stderr: string }
  /** The process was killed by somebody else, or its output was beyond all bounds. */
  | { readonly outcome: 'died'; readonly reason: string }
  | { readonly outcome: 'timedOut'; readonly seconds: number }
  | { readonly outcome: 'cancelled' }
  | { readonly outcome: 'missing'; readonly binary: string };

/** Runs helm once. Never throws; logs nothing, for output may hold values. */
export type RunHelm = (call: HelmCall) => Promise<HelmResult>;

/** A stored manifest is at most a few MiB: Kubernetes caps the compressed Secret at 1 MiB. */
const maxOutputBytes = 32 * 1024 * 1024;
/**
 * helm marks an interrupted upgrade as failed on SIGTERM; that takes one request to the API server. With what a
 * worker gives its running work (shutdownGraceSeconds) it is less than its pod has to end.
 */
const killAfterMs = 15_000;
/** Well under every heartbeat timeout; Temporal's SDK throttles what it sends. */
const heartbeatEveryMs = 2_000;
/** A chart name would be looked up as a folder in the working directory first. */
const neutralFolder = '/';

/** Within an activity, heartbeats while helm runs and ends helm when the activity is cancelled. */
export function createHelmCli(deps: HelmCliDeps): RunHelm {
  const env = helmEnvironment(deps.environment ?? process.env);
  const kubeconfig = deps.kubeconfig === undefined ? [] : ['--kubeconfig', deps.kubeconfig];

  const run: RunHelm = async ({ args, cluster, namespace, timeoutSeconds, stdin }) => {
    const activity = asyncLocalStorage.getStore();
    if (activity?.cancellationSignal.aborted === true) return { outcome: 'cancelled' };

    const child = execa(
      deps.binary,
      [...args, ...kubeconfig, '--kube-context', cluster, '--namespace', namespace],
      {
        env,
        extendEnv: false,
        cwd: neutralFolder,
        detached: true,
        reject: false,
        maxBuffer: maxOutputBytes,
        ...(stdin === undefined ? { stdin: 'ignore' } : { input: stdin }),
      },
    );

    const end = trackGroup(child, killAfterMs);
    let stopped: HelmResult | undefined;
    const stop = (because: HelmResult): void => {
      stopped ??= because;
      end();
    };
    const cancel = (): void => stop({ outcome: 'cancelled' });
    const deadline = setTimeout(
      () => stop({ outcome: 'timedOut', seconds: timeoutSeconds }),
      timeoutSeconds * 1000,
    );
    const pulse = setInterval(() => activity?.heartbeat(`helm ${args[0] ?? ''}`), heartbeatEveryMs);
    activity?.cancellationSignal.addEventListener('abort', cancel, { once: true });
    try {
      const result = await child;
      if (stopped !== undefined) return stopped;
      if (result.exitCode === 0) return { outcome: 'done', stdout: result.stdout };
      if (isMissing(result)) return { outcome: 'missing', binary: deps.binary };
      if (result.exitCode === undefined) {
        return { outcome: 'died', reason: result.signal ?? 'output beyond 32 MiB' };
      }
      return { outcome: 'failed', stderr: result.stderr };
    } finally {
      clearTimeout(deadline);
      clearInterval(pulse);
      activity?.cancellationSignal.removeEventListener('abort', cancel);
    }
  };
  return withRepositoryLogin(run, deps.repositoryPassword);
}

function isMissing(result: object): boolean {
  return 'code' in result && (result.code === 'ENOENT' || result.code === 'EACCES');
}
