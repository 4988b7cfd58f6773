/** One Helm release of one target: reads from its storage, and errors without its values. */
import { failureTypes } from '../../domain/failures.ts';
import type { HelmSpec, Target } from '../../domain/target.ts';
import { errorText, helmFailure, mayQuoteValues, isReleaseNotFound, refusal } from './failures.ts';
import type { HelmResult, RunHelm } from './helm-cli.ts';
import { redactPatterns, redactValues, type Redact } from './redact.ts';
import { parseHistory, type History } from './release-history.ts';

export interface HelmRelease {
  readonly target: Target;
  readonly spec: HelmSpec;
  /** Throws what `helmFailure` makes of an outcome other than `done`. */
  run(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Like `run`, but leaves the judgement to the caller. */
  attempt(args: readonly string[], options?: RunOptions): Promise<HelmResult>;
  /** `undefined` when there is no such release. */
  history(): Promise<History | undefined>;
  /** What helm said, without the release's values. */
  explain(stderr: string): Promise<string>;
}

export interface RunOptions {
  readonly timeoutSeconds?: number;
  readonly stdin?: string;
}

/** helm tells its own timeout, per object and hook; beyond this much more it hangs. */
const overtimeSeconds = 30;

/** A change within the service's time for helm. */
export function changeWithin({ service }: Target): {
  readonly args: readonly string[];
  readonly timeoutSeconds: number;
} {
  const { helmSeconds } = service.timeouts;
  return { args: ['--timeout', `${helmSeconds}s`], timeoutSeconds: helmSeconds + overtimeSeconds };
}

/** Reads take a second; ten times the default timeout of a TCP connection is beyond hope. */
const readTimeoutSeconds = 60;

/** Throws `InvalidRequest` when the service has no `helm` part. */
export function helmRelease(runHelm: RunHelm, target: Target): HelmRelease {
  const spec = target.service.helm;
  if (spec === undefined) {
    throw refusal(
      failureTypes.invalidRequest,
      `Service ${target.service.name} has no helm part in its configuration. Add one, or update it by image.`,
    );
  }
  const { cluster, namespace } = target.environment;

  const attempt: HelmRelease['attempt'] = (args, { timeoutSeconds = readTimeoutSeconds, stdin } = {}) =>
    runHelm({ args, cluster, namespace, timeoutSeconds, ...(stdin === undefined ? {} : { stdin }) });

  const explain: HelmRelease['explain'] = async (stderr) => {
    const redact = mayQuoteValues(stderr) ? await valueRedactor(attempt, target, spec) : redactPatterns;
    return redact(errorText(stderr));
  };

  const fail = async (args: readonly string[], result: Exclude<HelmResult, { outcome: 'done' }>) =>
    helmFailure(
      target,
      `helm ${args[0] ?? ''}`,
      result,
      result.outcome === 'failed' ? await explain(result.stderr) : '',
    );

  return {
    target,
    spec,
    attempt,
    explain,
    async run(args, options) {
      const result = await attempt(args, options);
      if (result.outcome === 'done') return result.stdout;
      throw await fail(args, result);
    },
    async history() {
      const args = ['history', spec.release, '--output', 'json'];
      const result = await attempt(args);
      if (result.outcome === 'done') return parseHistory(result.stdout);
      if (result.outcome === 'failed' && isReleaseNotFound(result.stderr)) return undefined;
      throw await fail(args, result);
    },
  };
}

/** Where the values cannot be read, nothing that helm said is safe to repeat. */
async function valueRedactor(
  attempt: HelmRelease['attempt'],
  { service, environment }: Target,
  spec: HelmSpec,
): Promise<Redact> {
  const result = await attempt(['get', 'values', spec.release, '--output', 'json']);
  if (result.outcome === 'failed' && isReleaseNotFound(result.stderr)) return redactPatterns;
  if (result.outcome !== 'done') return () => '(what helm said is withheld: it may hold values)';
  return redactValues(JSON.parse(result.stdout), [
    spec.release,
    service.name,
    service.deployment,
    service.container,
    service.image,
    service.kubernetesService,
    environment.name,
    environment.namespace,
  ]);
}
