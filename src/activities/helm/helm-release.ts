/** One Helm release of one target: reads from its storage, and errors without its values. */
import { failureTypes } from '../../domain/failures.ts';
import type { HelmSpec, Target } from '../../domain/target.ts';
import { isReleaseNotFound, mayQuoteValues } from './failure-rules.ts';
import { errorText, helmFailure, refusal } from './failures.ts';
import type { HelmResult, RunHelm } from './helm-cli.ts';
import { redactPatterns, redactValues, type Redact } from './redact.ts';
import { parseHistory, type History } from './release-history.ts';

export interface HelmRelease {
  readonly target: Target;
  readonly spec: HelmSpec;
  /** Throws what `helmFailure` makes of an outcome other than `done`. */
  run(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Like `run`, for an answer that is parsed; what cannot be parsed is not repeated in the error. */
  read<T>(args: readonly string[], parse: (stdout: string) => T): Promise<T>;
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

/** A read takes a second; on a loaded API server, a few. */
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
    return errorText(stderr, redact);
  };

  const fail = async (args: readonly string[], result: Exclude<HelmResult, { outcome: 'done' }>) =>
    helmFailure(
      target,
      `helm ${args[0] ?? ''}`,
      result,
      result.outcome === 'failed' ? await explain(result.stderr) : '',
    );

  const run: HelmRelease['run'] = async (args, options) => {
    const result = await attempt(args, options);
    if (result.outcome === 'done') return result.stdout;
    throw await fail(args, result);
  };

  return {
    target,
    spec,
    attempt,
    explain,
    run,
    read: async (args, parse) => parseAnswer(args, await run(args), parse),
    async history() {
      const args = ['history', spec.release, '--output', 'json'];
      const result = await attempt(args);
      if (result.outcome === 'done') return parseAnswer(args, result.stdout, parseHistory);
      if (result.outcome === 'failed' && isReleaseNotFound(result.stderr)) return undefined;
      throw await fail(args, result);
    },
  };
}

export function parseJson(text: string): unknown {
  return JSON.parse(text);
}

/** A parser's error quotes what it read, and that may hold values. */
function parseAnswer<T>(args: readonly string[], stdout: string, parse: (stdout: string) => T): T {
  try {
    return parse(stdout);
  } catch {
    throw refusal(
      failureTypes.helmFailed,
      `helm ${args.slice(0, 2).join(' ')} answered in a form that is not understood. Check that helm is 3.14 or newer.`,
    );
  }
}

/** Where the values cannot be read, nothing that helm said is safe to repeat. */
async function valueRedactor(
  attempt: HelmRelease['attempt'],
  { service, environment }: Target,
  spec: HelmSpec,
): Promise<Redact> {
  const args = ['get', 'values', spec.release, '--output', 'json'];
  const result = await attempt(args);
  if (result.outcome === 'failed' && isReleaseNotFound(result.stderr)) return redactPatterns;
  if (result.outcome !== 'done') return () => '(what helm said is withheld: it may hold values)';
  return redactValues(parseAnswer(args, result.stdout, parseJson), [
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
