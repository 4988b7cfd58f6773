/** Check runs and commit statuses: two ways in which GitHub is told of checks, and both count. */
import type { CommitCheck } from '../../domain/checklist-checks.ts';
import { told, unknown, type Answer } from './answer.ts';
import { notGithub } from './github-trouble.ts';
import type { GithubScene } from './github.ts';
import { maxPages, pageSize } from './limits.ts';

/** Every check of a commit, after its last run. */
export async function commitChecks(
  scene: GithubScene,
  commit: string,
): Promise<Answer<readonly CommitCheck[]>> {
  const runs = await checkRuns(scene, commit);
  if (runs.state !== 'told') return runs;
  const statuses = await commitStatuses(scene, commit);
  if (statuses.state !== 'told') return statuses;
  return told([...latestRuns(runs.value).map(ofRun), ...statuses.value.map(ofStatus)]);
}

type Client = GithubScene['client'];
type CheckRun = Awaited<ReturnType<Client['rest']['checks']['listForRef']>>['data']['check_runs'][number];
type CommitStatus = Awaited<
  ReturnType<Client['rest']['repos']['getCombinedStatusForRef']>
>['data']['statuses'][number];

/** All of them: GitHub's own filter goes by when they completed, and would overlook a run that is under way. */
function checkRuns({ client, at, signal }: GithubScene, ref: string): Promise<Answer<readonly CheckRun[]>> {
  return pages(async (page) => {
    const { data, headers } = await client.rest.checks.listForRef({
      ...at,
      ref,
      filter: 'all',
      per_page: pageSize,
      page,
      request: { signal },
    });
    return { entries: data?.check_runs, link: headers.link };
  });
}

/** The combined status holds the latest of each context. */
function commitStatuses(
  { client, at, signal }: GithubScene,
  ref: string,
): Promise<Answer<readonly CommitStatus[]>> {
  return pages(async (page) => {
    const { data, headers } = await client.rest.repos.getCombinedStatusForRef({
      ...at,
      ref,
      per_page: pageSize,
      page,
      request: { signal },
    });
    return { entries: data?.statuses, link: headers.link };
  });
}

/** GitHub says in the Link header whether there is more. */
async function pages<T>(
  ask: (page: number) => Promise<{ readonly entries: T[] | undefined; readonly link: string | undefined }>,
): Promise<Answer<readonly T[]>> {
  const all: T[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const { entries, link } = await ask(page);
    if (!Array.isArray(entries)) return notGithub();
    all.push(...entries);
    if (!/;\s*rel="next"/.test(link ?? '')) return told(all);
  }
  return unknown(
    `the commit has more than ${maxPages * pageSize} checks, and they were not all looked at`,
    'Attest it after a look of your own',
  );
}

/**
 * A check that is run again is a new run of the same name in the same suite. Equal names in different
 * suites (two CI workflows with a job "build") are different checks.
 */
function latestRuns(runs: readonly CheckRun[]): readonly CheckRun[] {
  const latest = new Map<string, CheckRun>();
  for (const run of runs) {
    const key = JSON.stringify([run.app?.id, run.check_suite?.id, run.name]);
    const known = latest.get(key);
    if (known === undefined || isNewer(run, known)) latest.set(key, run);
  }
  return [...latest.values()];
}

/** Runs are numbered as they are made; when they started says less: a queued one has not. */
function isNewer(run: CheckRun, known: CheckRun): boolean {
  return run.id > known.id;
}

function ofRun({ name, status, conclusion, html_url: link }: CheckRun): CommitCheck {
  const word = status === 'completed' ? (conclusion ?? 'without a conclusion') : status;
  return {
    name,
    said: word,
    state: status === 'completed' ? (conclusions[word] ?? 'failed') : 'pending',
    ...(link === null ? {} : { link }),
  };
}

/** Whatever else GitHub concludes is a failure. */
const conclusions: Readonly<Record<string, CommitCheck['state']>> = {
  success: 'passed',
  neutral: 'passed',
  skipped: 'skipped',
};

function ofStatus({ context, state, target_url: link }: CommitStatus): CommitCheck {
  return {
    name: context,
    said: state,
    state: state === 'success' ? 'passed' : state === 'pending' ? 'pending' : 'failed',
    ...(typeof link === 'string' && /^https?:\/\//.test(link) ? { link } : {}),
  };
}
