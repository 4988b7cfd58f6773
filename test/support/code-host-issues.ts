/** What GitHub's API does with the issues of a repository: lists, opens and changes them by the rules it documents. */
import { page, Refusal, type Answer, type Question } from './code-host-answer.ts';

/** Changed by requests. */
export interface IssueTracker {
  readonly issues: StoredIssue[];
  /** Labels that the repository has; who may push adds new ones by using them. */
  readonly labels: string[];
  /** Who can be assigned. */
  readonly assignable: readonly string[];
  /** Whether the token may push: only then are labels and assignees taken. */
  readonly canPush: boolean;
  readonly turnedOff?: boolean;
  /** Login of the token's owner. */
  readonly login: string;
  /** Issues are made together, once so many are asked for. */
  holdUntil?: number;
}

export interface StoredIssue {
  readonly number: number;
  readonly user: string;
  readonly createdAt: string;
  readonly isPull?: true;
  title: string;
  body: string | null;
  labels: readonly string[];
  assignees: readonly string[];
  state: 'open' | 'closed';
  stateReason: string | null;
  updatedAt: string;
}

export function anIssueTracker(change: Partial<IssueTracker> = {}): IssueTracker {
  return {
    issues: [],
    labels: ['incident'],
    assignable: ['ana', 'bo'],
    canPush: true,
    login: 'shop-bot',
    ...change,
  };
}

const maxBody = 65_536;
const maxTitle = 256;
const maxLabel = 50;

export function issuesAnswer(tracker: IssueTracker, rest: string, question: Question): Answer {
  if (tracker.turnedOff === true) throw new Refusal(410, 'Issues are disabled for this repo');
  const method = question.request.method ?? 'GET';
  if (rest === '' && method === 'GET') return list(tracker, question);
  if (rest === '' && method === 'POST') return open(tracker, question);
  const issue = tracker.issues.find(({ number }) => String(number) === rest);
  if (issue === undefined) throw new Refusal(404, 'Not Found');
  if (method === 'PATCH') return change(tracker, issue, question);
  if (method === 'GET') return { body: issueBody(issue) };
  throw new Refusal(404, 'Not Found');
}

function list({ issues }: IssueTracker, question: Question): Answer {
  const asked = (name: string): string | null => question.url.searchParams.get(name);
  const state = oneOf(asked('state') ?? 'open', ['open', 'closed', 'all'], 'state');
  const sort = oneOf(asked('sort') ?? 'created', ['created', 'updated', 'comments'], 'sort');
  const direction = oneOf(asked('direction') ?? 'desc', ['asc', 'desc'], 'direction');
  const since = asked('since');
  if (since !== null && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(since)) invalid('since', 'invalid');
  const labels = (asked('labels') ?? '').split(',').filter((label) => label !== '');
  const shown = issues
    .filter((issue) => state === 'all' || issue.state === state)
    // By when it was changed last, whatever it is sorted by.
    .filter(({ updatedAt }) => since === null || Date.parse(updatedAt) >= Date.parse(since))
    .filter((issue) => labels.every((label) => issue.labels.includes(label)))
    .sort((a, b) => {
      const [x, y] = sort === 'updated' ? [a.updatedAt, b.updatedAt] : [a.createdAt, b.createdAt];
      return (Date.parse(x) - Date.parse(y) || a.number - b.number) * (direction === 'asc' ? 1 : -1);
    });
  return page(shown.map(issueBody), question, (bodies) => bodies);
}

function open(tracker: IssueTracker, { json }: Question): Answer {
  const { title, body = null, labels = [], assignees = [] } = object(json);
  if (typeof title !== 'string' || title.trim() === '') invalid('title', 'missing_field');
  checkTexts(title, body);
  const wanted = { labels: names(labels, 'labels'), assignees: names(assignees, 'assignees') };
  if (wanted.labels.some((label) => label.length > maxLabel))
    invalid('labels', 'custom', `name is too long (maximum is ${maxLabel} characters)`);
  const added = wanted.labels.filter((label) => !tracker.labels.includes(label));
  if (!tracker.canPush && added.length > 0)
    throw new Refusal(403, 'You do not have permission to create labels on this repository.');
  const strangers = wanted.assignees.filter((name) => !tracker.assignable.includes(name));
  if (tracker.canPush && strangers.length > 0)
    throw new Refusal(422, 'Validation Failed', [
      { value: strangers, resource: 'Issue', field: 'assignees', code: 'invalid' },
    ]);
  tracker.labels.push(...added);
  const at = new Date().toISOString();
  const issue: StoredIssue = {
    number: tracker.issues.length + 1,
    user: tracker.login,
    createdAt: at,
    updatedAt: at,
    title,
    body,
    labels: tracker.canPush ? wanted.labels : [],
    assignees: tracker.canPush ? wanted.assignees : [],
    state: 'open',
    stateReason: null,
  };
  tracker.issues.push(issue);
  return { status: 201, body: issueBody(issue) };
}

function change(tracker: IssueTracker, issue: StoredIssue, { json }: Question): Answer {
  if (!tracker.canPush && issue.user !== tracker.login)
    throw new Refusal(403, 'Must have admin rights to Repository.');
  const { title = issue.title, body = issue.body, state = issue.state, state_reason: why } = object(json);
  checkTexts(title, body);
  issue.title = title;
  issue.body = body;
  issue.state = oneOf(state, ['open', 'closed'], 'state');
  if (why !== undefined)
    issue.stateReason = oneOf(why, ['completed', 'not_planned', 'reopened'], 'state_reason');
  issue.updatedAt = new Date().toISOString();
  return { body: issueBody(issue) };
}

function checkTexts(title: unknown, body: unknown): asserts title is string {
  if (typeof title !== 'string') invalid('title', 'invalid');
  if (title.length > maxTitle)
    invalid('title', 'custom', `title is too long (maximum is ${maxTitle} characters)`);
  if (body !== null && typeof body !== 'string') invalid('body', 'invalid');
  if (body !== null && body.length > maxBody)
    invalid('body', 'custom', `body is too long (maximum is ${maxBody} characters)`);
}

interface Sent {
  readonly title?: unknown;
  readonly body?: string | null;
  readonly labels?: unknown;
  readonly assignees?: unknown;
  readonly state?: unknown;
  readonly state_reason?: unknown;
}

function object(json: unknown): Sent {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw new Refusal(400, 'Problems parsing JSON');
}

function names(value: unknown, field: string): readonly string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  return invalid(field, 'invalid');
}

function oneOf<T extends string>(value: unknown, known: readonly T[], field: string): T {
  return known.find((one) => one === value) ?? invalid(field, 'invalid');
}

function invalid(field: string, code: string, message?: string): never {
  const error = { resource: 'Issue', code, field, ...(message === undefined ? {} : { message }) };
  throw new Refusal(422, 'Validation Failed', [error]);
}

function issueBody(issue: StoredIssue) {
  const { number, user, createdAt, updatedAt, title, body, labels, assignees, state, stateReason } = issue;
  const kind = issue.isPull === true ? 'pull' : 'issues';
  return {
    ...{ number, title, body, state, state_reason: stateReason },
    html_url: `https://github.example.com/org/ops/${kind}/${number}`,
    user: { login: user },
    labels: labels.map((name) => ({ name })),
    assignees: assignees.map((login) => ({ login })),
    created_at: createdAt,
    updated_at: updatedAt,
    ...(issue.isPull === true ? { pull_request: { url: 'https://github.example.com/api/v3/pulls' } } : {}),
  };
}
