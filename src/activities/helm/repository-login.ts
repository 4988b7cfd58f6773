/** Charts of a repository that asks who reads them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HelmCall, RunHelm } from './helm-cli.ts';

/** Only reads an index (seconds). */
const loginSeconds = 60;
/** Within helm's files of one call. */
const alias = 'login';

/**
 * `helm upgrade --repo … --password …` would show the password to whoever lists processes. So helm adds the
 * repository first, with the password on its standard input, to files of this call alone.
 */
export function withRepositoryLogin(run: RunHelm, password: string | undefined): RunHelm {
  return async (call) => {
    const login = loginOf(call);
    if (login === undefined) return run(call);
    if (password === undefined) {
      return {
        outcome: 'failed',
        stderr: `Error: chart ${login.chart} not found: its repository asks for the password of ${login.user}. Put it into FAIRWAY_HELM_REPOSITORY_PASSWORD and restart the worker.`,
      };
    }
    const folder = await mkdtemp(join(tmpdir(), 'fairway-helm-'));
    const files = [
      ...['--repository-config', join(folder, 'repositories.yaml')],
      ...['--repository-cache', join(folder, 'cache')],
    ];
    try {
      const added = await run({
        ...call,
        args: ['repo', 'add', alias, login.url, '--username', login.user, '--password-stdin', ...files],
        stdin: password,
        timeoutSeconds: Math.min(call.timeoutSeconds, loginSeconds),
      });
      if (added.outcome !== 'done') return added;
      return await run({
        ...call,
        args: [...login.before, `${alias}/${login.chart}`, ...login.after, ...files],
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** As `chartArgs` writes it. */
function loginOf({ args }: HelmCall) {
  const at = args.indexOf('--repo');
  const [chart, , url, flag, user] = args.slice(at - 1, at + 4);
  if (at < 1 || flag !== '--username' || chart === undefined || url === undefined || user === undefined)
    return undefined;
  return { chart, url, user, before: args.slice(0, at - 1), after: args.slice(at + 4) };
}
