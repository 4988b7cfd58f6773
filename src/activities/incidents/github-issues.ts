/** A ticket as an issue at GitHub: exactly one for each mark, whatever happens between asking and answering. */
import type { GithubPort } from '../github-client.ts';
import { createIssue } from './create-issue.ts';
import { issueFailure, tooManyIssues } from './issue-failure.ts';
import { clockSkew, maxPages, pageSize } from './limits.ts';
import type { OpenTicketInput, Ticket } from './types.ts';

export interface IssueScene {
  readonly client: GithubPort;
  readonly at: { readonly owner: string; readonly repo: string };
  /** `owner/repository`, for people. */
  readonly where: string;
  readonly signal: AbortSignal;
}

export interface Issue {
  readonly number: number;
  readonly url: string;
  /** Who opened it. */
  readonly by: string | undefined;
}

export async function openIssue(
  client: GithubPort,
  input: OpenTicketInput,
  signal: AbortSignal,
): Promise<Ticket> {
  const { owner, repository } = input.ticket;
  const scene = { client, at: { owner, repo: repository }, where: `${owner}/${repository}`, signal };
  const known = await marked(scene, input);
  if (known.length > 0) return keepFirst(scene, known);
  const { issue, note } = await createIssue(scene, input);
  // Another attempt that was thought dead may have opened one in the meantime.
  const kept = await keepFirst(scene, [issue, ...(await marked(scene, input))]);
  return note === undefined || kept.number !== issue.number ? kept : { ...kept, note };
}

/**
 * Issues with the mark. Not by the search, which lags behind, and not by label, for GitHub drops the labels of whoever
 * may not set them. The newest come first: what is opened meanwhile moves the others back, and none is overlooked.
 */
async function marked(
  { client, at, where, signal }: IssueScene,
  { mark, since }: OpenTicketInput,
): Promise<readonly Issue[]> {
  const doing = `be asked for the tickets in ${where}`;
  // Whole seconds, as GitHub documents it.
  const oldest = new Date(Date.parse(since) - clockSkew).toISOString().replace(/\.\d+Z$/, 'Z');
  const found: Issue[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const { data, headers } = await client.rest.issues
      .listForRepo({
        ...at,
        ...{ state: 'all', sort: 'created', direction: 'desc', since: oldest },
        ...{ per_page: pageSize, page, request: { signal } },
      })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw issueFailure(error, where, doing);
      });
    if (!Array.isArray(data)) throw issueFailure(undefined, where, doing);
    for (const { number, html_url: url, body, user, pull_request: pull } of data)
      if (pull === undefined && body?.includes(mark) === true) found.push({ number, url, by: user?.login });
    const isLast = !/;\s*rel="next"/.test(headers.link ?? '');
    if (isLast || data.some(({ created_at: created }) => Date.parse(created) < Date.parse(oldest)))
      return found;
  }
  throw tooManyIssues(where, since);
}

/**
 * The first one opened is the ticket; the others are closed and lose the mark. Every attempt decides the same. What
 * somebody else opened, with words copied from the ticket, is left alone.
 */
async function keepFirst({ client, at, where }: IssueScene, issues: readonly Issue[]): Promise<Ticket> {
  const [first, ...others] = [...issues].sort((a, b) => a.number - b.number);
  if (first === undefined) throw new Error('no issue to keep');
  const superfluous = new Set(
    others.filter(({ number, by }) => number !== first.number && by === first.by).map(({ number }) => number),
  );
  for (const number of superfluous) {
    await client.rest.issues
      .update({
        ...at,
        ...{ issue_number: number, state: 'closed', state_reason: 'not_planned' },
        body: `Opened twice by mistake: the ticket is #${first.number}.`,
      })
      .catch((error: unknown) => {
        throw issueFailure(error, where, `close the second ticket #${number} in ${where}`);
      });
  }
  return { number: first.number, url: first.url };
}
