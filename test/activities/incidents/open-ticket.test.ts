import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import {
  startCodeHostServer,
  type CodeHostFault,
  type CodeHostServer,
} from '../../support/code-host-server.ts';
import { anIssueTracker, type IssueTracker, type StoredIssue } from '../../support/code-host-issues.ts';
import { ticketOf } from '../../../src/domain/incident-text.ts';
import { failureOf, githubToken, incidentNow, openTicket, type OpenOptions } from './bench.ts';

const worker = fileURLToPath(new URL('./open-until-killed.ts', import.meta.url));

let server: CodeHostServer;
beforeAll(async () => {
  server = await startCodeHostServer({ token: githubToken });
});
afterEach(() => {
  server.heal();
  server.repositories.clear();
});
afterAll(() => server.stop());

function repository(change: Partial<IssueTracker> = {}): IssueTracker {
  const tracker = anIssueTracker(change);
  server.repositories.set('org/ops', { isPrivate: true, tags: {}, tracker });
  return tracker;
}

/** What was asked since, as `METHOD path?query`. */
function listen(): () => readonly string[] {
  const from = server.asked.length;
  return () => server.asked.slice(from).map((question, i) => `${server.methods[from + i]} ${question}`);
}

test('a ticket is opened with its title, body, labels and assignees', async () => {
  const { issues } = repository();
  const incident = incidentNow();
  expect(await openTicket(server.url, incident)).toEqual({
    number: 1,
    url: 'https://github.example.com/org/ops/issues/1',
  });
  expect(issues).toMatchObject([
    {
      title: expect.stringContaining('[SEV2] Shop v4.1.1 was rolled back to v4.1.0 in production'),
      body: expect.stringContaining('fairway-incident'),
      labels: ['incident'],
      assignees: ['ana'],
      state: 'open',
    },
  ]);
});

test('called again, it answers the ticket that is there, also when people changed and closed it', async () => {
  const { issues } = repository();
  const incident = incidentNow();
  const first = await openTicket(server.url, incident);
  Object.assign(issues[0]!, { title: 'Crash at start', labels: [], state: 'closed' });
  expect(await openTicket(server.url, incident)).toEqual(first);
  expect(issues).toHaveLength(1);
});

test('another release of the same service has a ticket of its own', async () => {
  const { issues } = repository();
  await openTicket(server.url, incidentNow());
  expect(
    await openTicket(server.url, incidentNow({ facts: { key: 'shop-4.1.1/3b1c-run-2' } })),
  ).toMatchObject({
    number: 2,
  });
  expect(issues).toHaveLength(2);
});

test('where the answer is lost after the issue was opened, the next attempt finds it', async () => {
  const { issues } = repository();
  const incident = incidentNow();
  server.fail({ mode: 'answerLost', how: 'broken', method: 'POST', times: 1 });
  const failure = await failureOf(openTicket(server.url, incident));
  expect(failure).toMatchObject({ type: 'IncidentUnavailable', nonRetryable: false });
  // Until then GitHub has carried it out, or never will.
  expect(failure.nextRetryDelay).toBe(15_000);
  expect(await openTicket(server.url, incident)).toMatchObject({ number: 1 });
  expect(issues).toHaveLength(1);
});

test('a worker that is killed with -9 after the issue was opened opens no second one', async () => {
  const { issues } = repository();
  const incident = incidentNow();
  server.fail({ mode: 'answerLost', how: 'silent', method: 'POST', times: 1 });
  const killed = execa('node', ['--import', 'tsx', worker, server.url, incident.key, incident.startedAt], {
    env: { NODE_OPTIONS: '' },
    reject: false,
  });
  while (issues.length === 0 && killed.exitCode === null) await new Promise((go) => setTimeout(go, 20));
  killed.kill('SIGKILL');
  expect((await killed).signal).toBe('SIGKILL');
  expect(await openTicket(server.url, incident)).toMatchObject({ number: 1 });
  expect(issues).toHaveLength(1);
});

test('of two attempts at the same time one ticket stays open, and both answer it', async () => {
  const tracker = repository({ holdUntil: 2 });
  const incident = incidentNow();
  const answers = await Promise.all([openTicket(server.url, incident), openTicket(server.url, incident)]);
  expect(answers.map(({ number }) => number)).toEqual([1, 1]);
  expect(tracker.issues).toMatchObject([
    { number: 1, state: 'open' },
    {
      number: 2,
      state: 'closed',
      stateReason: 'not_planned',
      body: 'Opened twice by mistake: the ticket is #1.',
    },
  ]);
  delete tracker.holdUntil;
  expect(await openTicket(server.url, incident)).toMatchObject({ number: 1 });
  expect(tracker.issues).toHaveLength(2);
});

test('what a person opened with words copied from the ticket is left alone', async () => {
  const { issues } = repository();
  const incident = incidentNow();
  await openTicket(server.url, incident);
  issues.push(issue(2, { user: 'ana', body: `Copied: ${issues[0]?.body}` }));
  expect(await openTicket(server.url, incident)).toMatchObject({ number: 1 });
  expect(issues[1]).toMatchObject({ state: 'open', body: expect.stringContaining('Copied') });
});

test('a pull request with the mark is no ticket', async () => {
  const { issues } = repository();
  const incident = incidentNow();
  issues.push(issue(1, { user: 'shop-bot', isPull: true, body: ticketOf(incident).body }));
  expect(await openTicket(server.url, incident)).toMatchObject({ number: 2 });
  expect(issues).toMatchObject([{ state: 'open' }, { state: 'open' }]);
});

test('the ticket is found behind pages of newer issues and pull requests, and no page before the release is read', async () => {
  const { issues } = repository();
  const incident = incidentNow();
  // Old ones that somebody changed a moment ago: they are listed, too.
  const old = new Date(Date.now() - 86_400_000).toISOString();
  for (let n = 1; n <= 150; n += 1) issues.push(issue(n, { createdAt: old }));
  await openTicket(server.url, incident);
  for (let n = 152; n <= 301; n += 1) issues.push(issue(n, { isPull: true, body: issues[150]!.body }));
  const asked = listen();
  expect(await openTicket(server.url, incident)).toMatchObject({ number: 151 });
  expect(asked().map((question) => /^GET .*[?&]page=(\d+)/.exec(question)?.[1])).toEqual(['1', '2']);
  expect(issues).toHaveLength(301);
});

test('an assignee whom GitHub does not know is left out, and that is said', async () => {
  const { issues } = repository();
  const ticket = await openTicket(server.url, incidentNow(), { ticket: { assignees: ['ghost', 'ana'] } });
  expect(issues).toMatchObject([{ assignees: ['ana'], labels: ['incident'] }]);
  expect(ticket.note).toBe(
    'ticket #1: not assigned to ghost, whom GitHub does not assign in org/ops: give them (and the token) access there, or correct incidents.ticket.assignees in fairway.yaml',
  );
});

test('where GitHub does not say which assignee it refuses, nobody is assigned', async () => {
  const { issues } = repository();
  const errors = [{ resource: 'Issue', field: 'assignees', code: 'invalid' }];
  server.fail({ mode: 'status', status: 422, errors, method: 'POST', times: 1 });
  expect((await openTicket(server.url, incidentNow())).note).toContain('not assigned to ana');
  expect(issues).toMatchObject([{ assignees: [] }]);
});

test('a token that may not push sets no labels and no assignees, and that is said', async () => {
  const { issues } = repository({ canPush: false });
  const ticket = await openTicket(server.url, incidentNow());
  expect(issues).toMatchObject([{ labels: [], assignees: [] }]);
  expect(ticket.note).toContain('without incident, for FAIRWAY_GITHUB_TOKEN may not set labels in org/ops');
  expect(ticket.note).toContain('not assigned to ana');
  // Found again all the same: not by label.
  expect(await openTicket(server.url, incidentNow())).toMatchObject({ number: 1 });
});

test('a new label that the token may not make does not keep the ticket from being opened', async () => {
  const { issues } = repository({ canPush: false, labels: [] });
  expect((await openTicket(server.url, incidentNow())).note).toContain('without incident');
  expect(issues).toHaveLength(1);
});

test('a label that is new is made by who may', async () => {
  const { issues, labels } = repository({ labels: [] });
  await openTicket(server.url, incidentNow());
  expect(labels).toEqual(['incident']);
  expect(issues).toMatchObject([{ labels: ['incident'] }]);
});

test('names are told apart as GitHub does it, whatever their case', async () => {
  const { issues } = repository({ assignable: ['Ana'] });
  issues.length = 0;
  const ticket = await openTicket(server.url, incidentNow(), { ticket: { assignees: ['Ana'] } });
  expect(ticket).not.toHaveProperty('note');
});

const passing: readonly (readonly [string, CodeHostFault, string, number | undefined])[] = [
  ['an outage', { mode: 'outage' }, 'no answer (UND_ERR_SOCKET)', undefined],
  ['an outage while it is opened', { mode: 'outage', method: 'POST' }, 'no answer', 15_000],
  ['a server that never answers', { mode: 'hang', method: 'POST' }, 'no answer (not in time)', 15_000],
  [
    'trouble of its own',
    { mode: 'status', status: 502, method: 'POST' },
    'trouble of its own (HTTP 502)',
    15_000,
  ],
  [
    'a secondary limit',
    { mode: 'secondaryLimit', retryAfterSeconds: 30, status: 403, method: 'POST' },
    'its rate limit is reached until',
    30_000,
  ],
  [
    'a secondary limit by words',
    { mode: 'secondaryLimit', method: 'POST' },
    'its rate limit is reached until',
    60_000,
  ],
  [
    'the hourly limit',
    { mode: 'primaryLimit', resetsInSeconds: 600 },
    'its rate limit is reached until',
    600_000,
  ],
];

test.each(passing)('%s is worth a retry, when it is', async (_what, fault, words, pause) => {
  const { issues } = repository();
  server.fail(fault);
  // So long that what is asked before it is answered.
  const options = fault.mode === 'hang' ? { timeout: 10_000 } : {};
  const failure = await failureOf(openTicket(server.url, incidentNow(), options));
  expect(failure).toMatchObject({ type: 'IncidentUnavailable', nonRetryable: false });
  expect(failure.message).toContain(words);
  if (pause === undefined) expect(failure.nextRetryDelay).toBeUndefined();
  else expect(Math.abs(Number(failure.nextRetryDelay) - pause)).toBeLessThan(60_000);
  expect(issues).toEqual([]);
});

const lasting: readonly (readonly [
  string,
  Partial<IssueTracker> | undefined,
  CodeHostFault | undefined,
  OpenOptions,
  string,
])[] = [
  [
    'no token',
    {},
    undefined,
    { token: undefined },
    'This worker cannot open a ticket: FAIRWAY_GITHUB_TOKEN is not set.',
  ],
  [
    'a token that is not valid',
    {},
    undefined,
    { token: 'ghp_wrong' },
    "it does not accept this worker's token: Bad credentials. Put a valid token into FAIRWAY_GITHUB_TOKEN",
  ],
  [
    'no such repository',
    undefined,
    undefined,
    {},
    'it shows no repository org/ops to this worker: Not Found. Correct incidents.ticket in fairway.yaml',
  ],
  [
    'a repository without issues',
    { turnedOff: true },
    undefined,
    {},
    'the repository has no issues: Issues are disabled for this repo. Turn issues on',
  ],
  [
    'a right that is missing',
    {},
    { mode: 'permission', needed: 'issues=write', method: 'POST' },
    {},
    "this worker's token may not do that (needed: issues=write): Resource not accessible by personal access token.",
  ],
  ['single sign-on', {}, { mode: 'sso' }, {}, "the organisation has not let this worker's token in"],
  [
    'a label that GitHub does not take',
    {},
    undefined,
    { ticket: { labels: ['x'.repeat(51)] } },
    'it does not take the ticket: Validation Failed (labels name is too long (maximum is 50 characters)). Check incidents.ticket',
  ],
  [
    'the page of a proxy',
    {},
    { mode: 'page' },
    {},
    'the answer was not that of a GitHub API. Check codeHost.url',
  ],
  [
    'a refusal that nobody expects',
    {},
    { mode: 'status', status: 451, message: 'Repository access blocked' },
    {},
    'it refused (HTTP 451): Repository access blocked.',
  ],
];

test.each(lasting)(
  '%s is not tried again, and says what to do',
  async (_what, tracker, fault, options, words) => {
    if (tracker !== undefined) repository(tracker);
    if (fault !== undefined) server.fail(fault);
    const failure = await failureOf(openTicket(server.url, incidentNow(), options));
    expect(failure).toMatchObject({ type: 'IncidentRejected', nonRetryable: true });
    expect(failure.message).toContain(words);
  },
);

test('an error that repeats the token says no secret', async () => {
  repository();
  server.fail({ mode: 'status', status: 400, message: `bad header: authorization: token ${githubToken}` });
  const failure = await failureOf(openTicket(server.url, incidentNow()));
  expect(failure.message).toContain('[redacted]');
  expect(JSON.stringify(failure)).not.toContain(githubToken.slice(4));
});

test('a ticket as long as one can be is taken', async () => {
  const { issues } = repository();
  const notes = Array.from({ length: 400 }, (_, i) => `${i} ${'y'.repeat(900)}`);
  await openTicket(server.url, incidentNow({ status: { notes } }));
  expect(issues[0]?.body?.length).toBeGreaterThan(60_000);
});

function issue(number: number, change: Partial<StoredIssue> = {}): StoredIssue {
  const at = new Date().toISOString();
  return {
    number,
    user: 'ana',
    createdAt: at,
    updatedAt: at,
    title: `Issue ${number}`,
    body: null,
    labels: ['incident'],
    assignees: [],
    state: 'open',
    stateReason: null,
    ...change,
  };
}
