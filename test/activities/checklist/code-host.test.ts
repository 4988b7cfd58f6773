import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { SystemProof } from '../../../src/domain/checklist.ts';
import {
  startCodeHostServer,
  type CodeHostFault,
  type CodeHostServer,
} from '../../support/code-host-server.ts';
import type { CheckRun, CodeRepository } from '../../support/code-host-repository.ts';
import { commit, complete, githubToken, item, looker, type LookOptions } from './bench.ts';

let server: CodeHostServer;
beforeAll(async () => {
  server = await startCodeHostServer({ token: githubToken });
});
afterEach(() => {
  server.heal();
  server.repositories.clear();
});
afterAll(() => server.stop());

const notes: SystemProof = { by: 'releaseNotes' };
const changelog: SystemProof = { by: 'changelog', path: 'CHANGELOG.md' };
const checks: SystemProof = { by: 'checks' };

async function look(repository: CodeRepository | undefined, proof: SystemProof, options: LookOptions = {}) {
  if (repository !== undefined) server.repositories.set('org/shop', repository);
  const [sighting] = await looker({ codeHost: server }, options)(item(proof));
  return sighting;
}

function run(change: Partial<CheckRun>): CheckRun {
  return { id: 1, name: 'build', suite: 1, status: 'completed', conclusion: 'success', ...change };
}

function withRuns(...runs: readonly CheckRun[]): CodeRepository {
  return { ...complete, checkRuns: { [commit]: runs } };
}

test('what is there is done, each with the page where people can see it', async () => {
  server.repositories.set('org/shop', complete);
  const seen = await looker({ codeHost: server })(
    item(notes, 'notes'),
    item(changelog, 'changelog'),
    item(checks, 'checks'),
    item({ by: 'checks', names: ['build'] }, 'build'),
  );
  expect(seen).toEqual([
    {
      name: 'notes',
      state: 'done',
      detail: 'the release of v4.1.0 has notes',
      link: 'https://github.example.com/org/shop/releases/tag/v4.1.0',
    },
    {
      name: 'changelog',
      state: 'done',
      detail: 'CHANGELOG.md at v4.1.0 names 4.1.0',
      link: `https://github.example.com/org/shop/blob/${commit}/CHANGELOG.md`,
    },
    {
      name: 'checks',
      state: 'done',
      detail: '1 of 1 checks of v4.1.0 passed',
      link: 'https://github.example.com/org/shop/runs/1',
    },
    {
      name: 'build',
      state: 'done',
      detail: '1 of 1 checks of v4.1.0 passed',
      link: 'https://github.example.com/org/shop/runs/1',
    },
  ]);
});

test('what two items need is looked up once', async () => {
  server.repositories.set('org/shop', complete);
  const before = server.asked.length;
  await looker({ codeHost: server })(item(changelog), item(checks), item({ by: 'checks', names: ['build'] }));
  expect(server.asked.slice(before).map((path) => path.replace(/\?.*/, ''))).toEqual([
    '/repos/org/shop/git/ref/tags/v4.1.0',
    '/repos/org/shop/contents/CHANGELOG.md',
    `/repos/org/shop/commits/${commit}/check-runs`,
    `/repos/org/shop/commits/${commit}/status`,
  ]);
});

test.each<[string, CodeRepository, SystemProof, string]>([
  ['no release', { ...complete, releases: [] }, notes, 'org/shop has no published release of v4.1.0'],
  [
    'a draft',
    { ...complete, releases: [{ tag: 'v4.1.0', body: 'soon', draft: true }] },
    notes,
    'org/shop has no published release of v4.1.0',
  ],
  [
    'a release without notes',
    { ...complete, releases: [{ tag: 'v4.1.0', body: null }] },
    notes,
    'the release of v4.1.0 has no notes',
  ],
  [
    'a release with blank notes',
    { ...complete, releases: [{ tag: 'v4.1.0', body: ' \r\n' }] },
    notes,
    'the release of v4.1.0 has no notes',
  ],
  ['no tag', { ...complete, tags: {} }, changelog, 'org/shop has no tag v4.1.0'],
  ['no tag', { ...complete, tags: {} }, checks, 'org/shop has no tag v4.1.0'],
  [
    'a tag on a folder',
    { ...complete, tags: { 'v4.1.0': { type: 'tree', sha: commit } } },
    checks,
    'the tag v4.1.0 names no commit, but a tree',
  ],
  ['no changelog', { ...complete, files: {} }, changelog, 'v4.1.0 has no file CHANGELOG.md'],
  [
    'a changelog that stopped before',
    { ...complete, files: { [commit]: { 'CHANGELOG.md': '## 4.1.0-rc.1\n## 14.1.0\n' } } },
    changelog,
    'CHANGELOG.md at v4.1.0 does not name 4.1.0',
  ],
  ['no checks', withRuns(), checks, 'checks of v4.1.0: v4.1.0 has no checks'],
  [
    'a check that failed',
    withRuns(run({}), run({ id: 2, name: 'test', conclusion: 'timed_out' })),
    checks,
    'checks of v4.1.0: failed: test (timed_out)',
  ],
  [
    'a check that is under way',
    withRuns(run({ status: 'in_progress', conclusion: undefined! })),
    checks,
    'checks of v4.1.0: not finished: build',
  ],
  [
    'a commit status that is pending',
    { ...complete, statuses: { [commit]: [{ context: 'ci/deploy', state: 'pending' }] } },
    checks,
    'checks of v4.1.0: not finished: ci/deploy',
  ],
  [
    'a commit status that failed',
    { ...complete, statuses: { [commit]: [{ context: 'ci/lint', state: 'error' }] } },
    checks,
    'checks of v4.1.0: failed: ci/lint (error)',
  ],
  [
    'a named check that never ran',
    complete,
    { by: 'checks', names: ['build', 'CodeQL'] },
    'checks of v4.1.0: not there: CodeQL',
  ],
  [
    'a check that was good and failed when it was run again',
    withRuns(
      run({ completedAt: '2026-02-03T10:00:00Z' }),
      run({ id: 2, conclusion: 'failure', completedAt: '2026-02-03T11:00:00Z' }),
    ),
    checks,
    'checks of v4.1.0: failed: build (failure)',
  ],
  [
    'a check that was good and is being run again',
    withRuns(
      run({ completedAt: '2026-02-03T10:00:00Z' }),
      run({ id: 2, status: 'queued', conclusion: undefined! }),
    ),
    checks,
    'checks of v4.1.0: not finished: build',
  ],
  [
    'a job of the same name that failed in another workflow',
    withRuns(run({ suite: 1, conclusion: 'failure' }), run({ id: 2, suite: 2 })),
    checks,
    'checks of v4.1.0: failed: build (failure)',
  ],
])('%s is missing, with what to do about it', async (_what, repository, proof, detail) => {
  const sighting = await look(repository, proof);
  expect(sighting).toMatchObject({ state: 'missing', detail });
  expect(sighting?.remedy).toMatch(/^[A-Z].*[^.]$/);
});

test.each<[string, CodeRepository, string]>([
  [
    'a check that failed and was run again',
    withRuns(
      run({ conclusion: 'failure', completedAt: '2026-02-03T10:00:00Z' }),
      run({ id: 2, completedAt: '2026-02-03T11:00:00Z' }),
    ),
    '1 of 1 checks of v4.1.0 passed',
  ],
  [
    'a skipped and a neutral check beside a good one',
    withRuns(
      run({}),
      run({ id: 2, name: 'e2e', conclusion: 'skipped' }),
      run({ id: 3, name: 'lint', conclusion: 'neutral' }),
    ),
    '2 of 3 checks of v4.1.0 passed, 1 skipped',
  ],
  [
    'the latest state of a commit status',
    {
      ...complete,
      checkRuns: { [commit]: [] },
      statuses: {
        [commit]: [
          { context: 'ci/lint', state: 'success' },
          { context: 'ci/lint', state: 'failure' },
        ],
      },
    },
    '1 of 1 checks of v4.1.0 passed',
  ],
])('%s passes', async (_what, repository, detail) => {
  expect(await look(repository, checks)).toMatchObject({ state: 'done', detail });
});

test('every page of checks and statuses counts, also the last one', async () => {
  const runs = Array.from({ length: 230 }, (_, index) => run({ id: index + 1, name: `job ${index}` }));
  const statuses = Array.from({ length: 130 }, (_, index) => ({
    context: `ci/${index}`,
    state: index === 129 ? ('failure' as const) : ('success' as const),
  }));
  // Run lists come newest first, so the first one made is on the last page.
  const repository = {
    ...withRuns({ ...runs[0]!, conclusion: 'failure' }, ...runs.slice(1)),
    statuses: { [commit]: statuses },
  };
  expect(await look(repository, checks)).toMatchObject({
    state: 'missing',
    detail: 'checks of v4.1.0: failed: job 0 (failure), ci/129 (failure)',
  });
});

test('an annotated tag, even one of an annotated tag, leads to its commit', async () => {
  const repository: CodeRepository = {
    ...complete,
    tags: { 'v4.1.0': { type: 'tag', sha: 'a1' } },
    tagObjects: { a1: { type: 'tag', sha: 'a2' }, a2: { type: 'commit', sha: commit } },
  };
  expect(await look(repository, checks)).toMatchObject({ state: 'done' });
});

test('tags with a slash and files in folders are found', async () => {
  const repository: CodeRepository = {
    ...complete,
    tags: { 'shop/4.1.0': { type: 'commit', sha: commit } },
    files: { [commit]: { 'docs/change log.md': 'Version 4.1.0 is out.' } },
  };
  const seen = await look(
    repository,
    { by: 'changelog', path: 'docs/change log.md' },
    { repository: { owner: 'org', name: 'shop', tag: 'shop/{{version}}' } },
  );
  expect(seen).toMatchObject({ state: 'done', detail: 'docs/change log.md at shop/4.1.0 names 4.1.0' });
});

test('a changelog over 1 MB is read as it is', async () => {
  const text = `${'- a line of an old version\n'.repeat(50_000)}## 4.1.0 – größer\n`;
  expect(await look({ ...complete, files: { [commit]: { 'CHANGELOG.md': text } } }, changelog)).toMatchObject(
    {
      state: 'done',
    },
  );
});

test('a renamed repository is followed', async () => {
  server.fail({ mode: 'moved', path: /^\/repos\// });
  expect(await look(complete, notes)).toMatchObject({ state: 'done' });
});

test('a public repository needs no token', async () => {
  expect(await look({ ...complete, isPrivate: false }, checks, { token: undefined })).toMatchObject({
    state: 'done',
  });
});

test.each<[string, CodeRepository | undefined, LookOptions, string, string]>([
  [
    'a private repository without a token',
    complete,
    { token: undefined },
    'GitHub shows no repository org/shop to this worker',
    'FAIRWAY_GITHUB_TOKEN',
  ],
  [
    'no such repository',
    undefined,
    {},
    'GitHub shows no repository org/shop to this worker',
    'Correct the repository in fairway.yaml',
  ],
  [
    'a token that is not valid',
    complete,
    { token: 'ghp_wrong' },
    "GitHub does not accept this worker's token: Bad credentials",
    'Put a valid token into FAIRWAY_GITHUB_TOKEN and restart the worker',
  ],
])('%s is unknown, never missing', async (_what, repository, options, detail, remedy) => {
  for (const proof of [notes, changelog, checks]) {
    const sighting = await look(repository, proof, options);
    expect(sighting).toMatchObject({ state: 'unknown', detail });
    expect(sighting?.remedy).toContain(remedy);
  }
});

const troubles: readonly (readonly [string, CodeHostFault, string])[] = [
  ['an outage', { mode: 'outage' }, 'GitHub does not answer (UND_ERR_SOCKET)'],
  ['a server that never answers', { mode: 'hang' }, 'GitHub does not answer (not in time)'],
  ['trouble of its own', { mode: 'status', status: 502 }, 'GitHub has trouble of its own (HTTP 502)'],
  ['the page of a proxy', { mode: 'page' }, 'the answer was not that of a GitHub API'],
  [
    'the hourly limit',
    { mode: 'primaryLimit', resetsInSeconds: 600 },
    'GitHub takes no more questions for now: its rate limit is reached',
  ],
  [
    'a limit that says when',
    { mode: 'secondaryLimit', retryAfterSeconds: 30 },
    'GitHub takes no more questions for now: its rate limit is reached',
  ],
  [
    'a limit that says it by words',
    { mode: 'secondaryLimit' },
    'GitHub takes no more questions for now: its rate limit is reached',
  ],
  ['single sign-on', { mode: 'sso' }, "the organisation has not let this worker's token in"],
  [
    'a right that is missing',
    { mode: 'permission', needed: 'checks=read' },
    "this worker's token may not read this (needed: checks=read): Resource not accessible by personal access token",
  ],
  [
    'a refusal that nobody expects',
    { mode: 'status', status: 451, message: 'Repository access blocked' },
    'GitHub refused to answer (HTTP 451): Repository access blocked',
  ],
  // A provider may repeat what it was sent; nobody else is to read it.
  [
    'an error that repeats the token',
    { mode: 'status', status: 400, message: `bad header: authorization: token ${githubToken}` },
    'GitHub refused to answer (HTTP 400): bad header: authorization: [redacted]',
  ],
];

test.each(troubles)(
  '%s makes items unknown, never done, and says no secret',
  async (_what, fault, detail) => {
    server.fail(fault);
    for (const proof of [notes, changelog, checks]) {
      const sighting = await look(complete, proof, fault.mode === 'hang' ? { timeout: 300 } : {});
      expect(sighting).toMatchObject({ state: 'unknown', detail: expect.stringContaining(detail) });
      expect(sighting?.remedy).toMatch(/^[A-Z].*[^.]$/);
      expect(JSON.stringify(sighting)).not.toContain(githubToken.slice(4));
    }
  },
);

test.each(['check-runs', 'status', 'contents'])('trouble half-way, at %s, is unknown, too', async (part) => {
  server.fail({ mode: 'outage', path: new RegExp(part) });
  const sighting = await look(complete, part === 'contents' ? changelog : checks);
  expect(sighting).toMatchObject({ state: 'unknown' });
});

test('trouble on the second page is unknown: half of the checks prove nothing', async () => {
  const runs = Array.from({ length: 120 }, (_, index) => run({ id: index + 1, name: `job ${index}` }));
  server.fail({ mode: 'outage', path: /check-runs\?.*\bpage=2/ });
  expect(await look(withRuns(...runs), checks)).toMatchObject({ state: 'unknown' });
});

test('while a limit lasts GitHub is left alone', async () => {
  server.repositories.set('org/shop', complete);
  const lookAgain = looker({ codeHost: server });
  server.fail({ mode: 'primaryLimit', resetsInSeconds: 600, times: 1 });
  await lookAgain(item(notes));
  const asked = server.asked.length;
  const [sighting] = await lookAgain(item(checks));
  expect(sighting).toMatchObject({
    state: 'unknown',
    detail: expect.stringMatching(/^GitHub takes no more questions until \d\d:\d\d UTC/),
  });
  expect(server.asked).toHaveLength(asked);
});

test('a service without a repository is unknown, with the line that is missing', async () => {
  expect(await looker({}, { repository: undefined })(item(notes))).toEqual([
    {
      name: 'item',
      state: 'unknown',
      detail: 'nobody knows where the source of shop is',
      remedy: 'Give services.shop a repository in fairway.yaml',
    },
  ]);
});
