/** Opens an issue, if need be without the labels or people that GitHub does not take, and says so. */
import { isRateLimited, refusalOf } from '../github-refusal.ts';
import type { Issue, IssueScene } from './github-issues.ts';
import { issueFailure } from './issue-failure.ts';
import type { OpenTicketInput } from './types.ts';

interface Created {
  readonly issue: Issue;
  readonly note?: string;
}

type Wanted = Pick<OpenTicketInput['ticket'], 'labels' | 'assignees'>;

/** A refusal is an answer: asking again for less cannot open a second issue. */
export async function createIssue(scene: IssueScene, input: OpenTicketInput): Promise<Created> {
  let wanted: Wanted = input.ticket;
  for (;;) {
    try {
      return await create(scene, input, wanted);
    } catch (error) {
      const less = withLess(wanted, error);
      if (less === undefined)
        throw issueFailure(error, scene.where, `open a ticket in ${scene.where}`, 'mayHaveHappened');
      wanted = less;
    }
  }
}

/** Not ended by a cancellation: what is sent is heard to the end, or a second attempt would not know of it. */
async function create({ client, at, where }: IssueScene, input: OpenTicketInput, wanted: Wanted) {
  const { data } = await client.rest.issues.create({
    ...at,
    title: input.title,
    body: input.body,
    labels: [...wanted.labels],
    assignees: [...wanted.assignees],
  });
  if (typeof data?.number !== 'number' || typeof data.html_url !== 'string')
    throw issueFailure(undefined, where, `open a ticket in ${where}`);
  const { number, html_url: url, user, labels, assignees } = data;
  const missing = notesOn(
    where,
    without(
      input.ticket.labels,
      labels.map((label) => (typeof label === 'string' ? label : label.name)),
    ),
    without(input.ticket.assignees, assignees?.map(({ login }) => login) ?? []),
  );
  const note = missing.length === 0 ? {} : { note: `ticket #${number}: ${missing.join('; ')}` };
  return { issue: { number, url, by: user?.login }, ...note };
}

/** What is worth another try, if anything is. */
function withLess({ labels, assignees }: Wanted, error: unknown): Wanted | undefined {
  const refusal = refusalOf(error);
  const refused = refusedAssignees(refusal?.status, refusal?.response?.data);
  if (refused !== undefined && assignees.length > 0) {
    const others = without(assignees, refused);
    return { labels, assignees: others.length < assignees.length ? others : [] };
  }
  // Labels that are there are dropped where they may not be set; a new one is refused.
  const isForbidden = refusal?.status === 403 && !isRateLimited(refusal);
  return isForbidden && labels.length > 0 ? { labels: [], assignees } : undefined;
}

interface FieldError {
  readonly field?: unknown;
  readonly value?: unknown;
}

/** Names that GitHub does not assign; empty where it does not say which. */
function refusedAssignees(status: number | undefined, data: unknown): readonly string[] | undefined {
  const { errors } = (data ?? {}) as { readonly errors?: unknown };
  if (status !== 422 || !Array.isArray(errors)) return undefined;
  const about = (errors as (FieldError | null)[]).filter(
    (error) => error?.field === 'assignees' || error?.field === 'assignee',
  );
  if (about.length === 0) return undefined;
  return about.flatMap((error) => error?.value).filter((name) => typeof name === 'string');
}

/** GitHub writes names as their owners do. */
function without(wanted: readonly string[], there: readonly (string | undefined)[]): readonly string[] {
  const known = new Set(there.map((name) => name?.toLowerCase()));
  return wanted.filter((name) => !known.has(name.toLowerCase()));
}

function notesOn(where: string, labels: readonly string[], assignees: readonly string[]): readonly string[] {
  return [
    ...(labels.length === 0
      ? []
      : [
          `without ${labels.join(', ')}, for FAIRWAY_GITHUB_TOKEN may not set labels in ${where}: give it triage access there`,
        ]),
    ...(assignees.length === 0
      ? []
      : [
          `not assigned to ${assignees.join(', ')}, whom GitHub does not assign in ${where}: give them (and the token) access there, or correct incidents.ticket.assignees in fairway.yaml`,
        ]),
  ];
}
