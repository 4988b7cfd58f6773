/** What GitHub's API answers for a repository: tags, releases, files, check runs, commit statuses and issues. */
import { page, Refusal, type Answer, type Question } from './code-host-answer.ts';
import { issuesAnswer, type IssueTracker } from './code-host-issues.ts';

export interface CodeRepository {
  readonly isPrivate?: boolean;
  /** What each tag points at: a commit, or an annotated tag (which may point at another one). */
  readonly tags: Readonly<Record<string, GitObject>>;
  /** Annotated tags by their own SHA. */
  readonly tagObjects?: Readonly<Record<string, GitObject>>;
  readonly releases?: readonly CodeRelease[];
  /** Files by commit and path. */
  readonly files?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By commit, oldest first. */
  readonly checkRuns?: Readonly<Record<string, readonly CheckRun[]>>;
  /** By commit, newest first, as GitHub lists them. */
  readonly statuses?: Readonly<Record<string, readonly CommitStatus[]>>;
  readonly tracker?: IssueTracker;
}

export interface GitObject {
  readonly type: 'commit' | 'tag' | 'tree';
  readonly sha: string;
}

export interface CodeRelease {
  readonly tag: string;
  readonly body: string | null;
  readonly draft?: boolean;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly suite: number;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion?: string;
  readonly completedAt?: string;
}

export interface CommitStatus {
  readonly context: string;
  readonly state: 'success' | 'pending' | 'failure' | 'error';
  readonly target?: string;
}

/** GitHub sends the content of files along up to this size. */
const maxInlineBytes = 1_048_576;

export function repositoryAnswer(
  repositories: ReadonlyMap<string, CodeRepository>,
  question: Question,
): Answer {
  const [, owner, name, rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(?:\/(.*))?$/.exec(question.path) ?? [];
  const [numbered] = /^\/repositories\/1(?=\/|$)/.exec(question.path) ?? [];
  const repository =
    numbered === undefined ? repositories.get(`${owner}/${name}`) : [...repositories.values()][0];
  // A private repository is hidden behind "not found", not "forbidden".
  if (repository === undefined || (repository.isPrivate === true && !question.seesPrivate)) return notFound();
  return answer(
    repository,
    numbered === undefined ? rest : question.path.slice('/repositories/1/'.length),
    question,
  );
}

function answer(repository: CodeRepository, rest: string, question: Question): Answer {
  const [what = '', ...parts] = rest.split('/');
  const tail = parts.join('/');
  if (what === 'issues') return issuesAnswer(repository.tracker ?? notFound(), tail, question);
  if (question.request.method !== 'GET') return notFound();
  if (rest === '') return { body: { full_name: 'org/shop', private: repository.isPrivate === true } };
  if (what === 'git' && tail.startsWith('ref/tags/')) return ref(repository, tail.slice('ref/tags/'.length));
  if (what === 'git' && tail.startsWith('tags/')) return tagObject(repository, tail.slice('tags/'.length));
  if (what === 'releases' && tail.startsWith('tags/')) return release(repository, tail.slice('tags/'.length));
  if (what === 'contents') return contents(repository, tail, question);
  const [, commit = '', list] = /^commits\/([^/]+)\/(check-runs|status)$/.exec(rest) ?? [];
  if (list === 'check-runs') return checkRuns(repository, commit, question);
  if (list === 'status') return combinedStatus(repository, commit, question);
  throw new Refusal(404, 'Not Found');
}

function notFound(): never {
  throw new Refusal(404, 'Not Found');
}

function ref({ tags }: CodeRepository, tag: string): Answer {
  const object = Object.hasOwn(tags, tag) ? tags[tag] : undefined;
  return object === undefined ? notFound() : { body: { ref: `refs/tags/${tag}`, object } };
}

function tagObject({ tagObjects = {} }: CodeRepository, sha: string): Answer {
  const object = tagObjects[sha];
  return object === undefined ? notFound() : { body: { sha, tag: 'annotated', object } };
}

/** Drafts have no tag yet as far as this address is concerned. */
function release({ releases = [] }: CodeRepository, tag: string): Answer {
  const found = releases.find((one) => one.tag === tag && one.draft !== true);
  if (found === undefined) return notFound();
  return {
    body: {
      tag_name: tag,
      body: found.body,
      draft: false,
      html_url: `https://github.example.com/org/shop/releases/tag/${tag}`,
    },
  };
}

function contents({ files = {}, tags }: CodeRepository, path: string, { url, request }: Question): Answer {
  const at = url.searchParams.get('ref') ?? '';
  const tree = files[at] ?? files[tags[at]?.sha ?? ''] ?? {};
  if (Object.keys(tree).some((file) => file.startsWith(`${path}/`)))
    return { body: [{ type: 'file', path }] };
  const text = tree[path];
  if (text === undefined) return notFound();
  if (/\.raw\b/.test(request.headers.accept ?? '')) return { body: text };
  const bytes = Buffer.from(text);
  const inline = bytes.length <= maxInlineBytes;
  return {
    body: {
      type: 'file',
      path,
      size: bytes.length,
      encoding: inline ? 'base64' : 'none',
      // GitHub breaks the lines of Base64.
      content: inline ? bytes.toString('base64').replace(/(.{60})/g, '$1\n') : '',
      html_url: `https://github.example.com/org/shop/blob/${at}/${path}`,
    },
  };
}

function checkRuns({ checkRuns: all = {} }: CodeRepository, commit: string, question: Question): Answer {
  const filter = question.url.searchParams.get('filter') ?? 'latest';
  if (filter !== 'latest' && filter !== 'all') throw new Refusal(422, 'Validation Failed');
  const runs = (all[commit] ?? notFoundCommit()).toReversed();
  const shown = filter === 'all' ? runs : runs.filter((run, index) => isLatest(run, runs, index));
  return page(shown.map(runBody), question, (check_runs) => ({ total_count: shown.length, check_runs }));
}

/** By when they completed: what is under way loses against what has completed. */
function isLatest(run: CheckRun, runs: readonly CheckRun[], index: number): boolean {
  const rivals = runs.filter(({ name, suite }) => name === run.name && suite === run.suite);
  const latest = Math.max(...rivals.map(({ completedAt }) => Date.parse(completedAt ?? '1970-01-01')));
  const first = rivals.find(({ completedAt }) => Date.parse(completedAt ?? '1970-01-01') === latest);
  return runs.indexOf(first!) === index;
}

function runBody({ id, name, suite, status, conclusion, completedAt }: CheckRun) {
  return {
    id,
    name,
    status,
    conclusion: conclusion ?? null,
    completed_at: completedAt ?? null,
    html_url: `https://github.example.com/org/shop/runs/${id}`,
    check_suite: { id: suite },
    app: { id: 15_368, slug: 'github-actions' },
  };
}

function combinedStatus(
  { statuses = {}, checkRuns: runs = {} }: CodeRepository,
  commit: string,
  question: Question,
): Answer {
  const all = statuses[commit] ?? (runs[commit] === undefined ? notFoundCommit() : []);
  const latest = all.filter(
    (status, index) => all.findIndex(({ context }) => context === status.context) === index,
  );
  const bodies = latest.map(({ context, state, target }) => ({ context, state, target_url: target ?? null }));
  return page(bodies, question, (shown) => ({
    // GitHub's own summary says "pending" where there are no statuses at all.
    state: latest.length === 0 ? 'pending' : 'success',
    sha: commit,
    total_count: latest.length,
    statuses: shown,
    url: question.url.href,
  }));
}

function notFoundCommit(): never {
  throw new Refusal(422, 'No commit found for SHA');
}
