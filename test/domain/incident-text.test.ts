import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bounded, ticketBody, ticketMark, ticketOf, ticketTitle } from '../../src/domain/incident-text.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { anIncident, crashed, diagnosis } from '../support/an-incident.ts';
import { readMarkdown } from '../support/github-markdown.ts';

test.each<[Partial<ReleaseStatus>, string]>([
  [{}, '[SEV2] Shop v4.1.1 was rolled back to v4.1.0 in production: the rollout of 4.1.1 failed'],
  [{ outcome: 'rollbackFailed' }, '[SEV2] Shop v4.1.1 failed in production and could not be rolled back: '],
  [{ outcome: 'failed' }, '[SEV2] Shop v4.1.1 failed in production: '],
  [{ outcome: 'aborted' }, '[SEV2] Shop v4.1.1 was aborted in production: '],
  [
    { strategy: 'rollback', from: 'example/shop:4.2.0', to: 'example/shop:4.0.0' },
    '[SEV2] Shop in production was rolled back from v4.2.0 to v4.0.0: ',
  ],
  [{ strategy: 'rollback', outcome: 'failed' }, '[SEV2] The rollback of Shop in production failed: '],
  [
    { strategy: 'rollback', outcome: 'rollbackFailed' },
    '[SEV2] The rollback of Shop in production failed, and left something undone: ',
  ],
  [
    { strategy: 'rollback', outcome: 'unchanged', from: 'example/shop:4.0.0', to: 'example/shop:4.0.0' },
    '[SEV2] Shop in production was returned to v4.0.0: a rollback stopped the release under way: ',
  ],
])('the title says how it ended: %j', (status, title) => {
  expect(ticketTitle(anIncident({ status }))).toContain(title);
});

test('a title is one line of at most 256 characters, also where every one of them has to be kept from calling', () => {
  const title = ticketTitle(anIncident({ status: { reason: ` @a\n`.repeat(500) } }));
  expect(title).not.toContain('\n');
  expect(title.length).toBeLessThanOrEqual(256);
  expect(title).not.toMatch(/@a/);
  expect(title).toMatch(/…$/);
});

test('a ticket says what happened, why, what runs, where to look and what to do', () => {
  const body = ticketBody(anIncident());
  const [first] = body.split('\n');
  expect(first).toBe('**Shop v4.1.1 was rolled back to v4.1.0 in production** (SEV2).');
  expect(body).toContain(
    String.raw`**Reason:** the rollout of 4.1.1 failed: a container keeps crashing (pod shop-server-canary-7d4-x2`,
  );
  expect(rowsOf(body)).toMatchObject({
    Service: 'shop in production',
    Release: '`shop-4.1.1` (canary)',
    'Requested by': 'ana@example.com',
    'Ran before': '`example/shop:4.1.0`',
    'Was to run': '`example/shop:4.1.1`',
    'Runs now': '`example/shop:4.1.0`',
    Started: '2026-02-03 10:00:00 UTC',
  });
  const from = Date.parse('2026-02-03T10:00:00Z');
  const to = Date.parse('2026-02-03T10:07:41Z');
  expect(body).toContain(
    '[Run](https://temporal.example.com/namespaces/default/workflows/target%3Ashop%3Aproduction/run-1/history)',
  );
  expect(body).toContain(
    `[Logs](https://logs.example.com/?q={namespace=%22shop-prod%22}&from=${from}&to=${to})`,
  );
  expect(body).toContain(`[Metrics](https://metrics.example.com/d/shop/production?from=${from}&to=${to})`);
  expect(body).toContain(
    [
      '1. **The container shop exits with code 1 at its start** (`crash-loop-back-off`)',
      '   - Likely cause: The last line of its log names a missing setting.',
      String.raw`   - What to do: Set DATABASE\_URL in ConfigMap shop-config, and release again.`,
      String.raw`   - Seen: shop-server-canary-7d4-x2: Error: DATABASE\_URL is not set`,
    ].join('\n'),
  );
  expect(body).toContain('- the cluster has no metrics API');
  expect(body).toContain('- Slack could not be told: timed out');
  expect(body).not.toContain('the whole plan');
});

test('of two diagnoses, that of what could not be put back stands first', () => {
  const later = { summary: 'No node has room', findings: [], unseen: [] };
  const status = { outcome: 'rollbackFailed', diagnosis, returnDiagnosis: later } as const;
  const body = ticketBody(anIncident({ status, facts: { diagnosis: later } }));
  expect(body).toMatch(
    /## Diagnosis\n\nAs seen when it could not be put back\.\n\nNo node has room\n\n## Diagnosis of the release\n\nAs seen before anything was put back\./,
  );
});

test('the timeline is in order of time, with what failed at the moment when that was seen', () => {
  const times = ticketBody(anIncident())
    .split('\n')
    .filter((line) => line.startsWith('| 2026-'))
    .map((line) =>
      line
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim())
        .join(' '),
    );
  expect(times).toEqual([
    '2026-02-03 10:00:00 Release shop-4.1.1 started',
    '2026-02-03 10:00:00 Pre-flight (1 s)',
    '2026-02-03 10:00:01 Approve (4 min 59 s)',
    '2026-02-03 10:05:00 Back up (1 s)',
    '2026-02-03 10:05:00 bo@example.com: approve',
    '2026-02-03 10:05:01 Prepare canary (1 s)',
    '2026-02-03 10:05:02 Canary 10 %: begun',
    '2026-02-03 10:07:02 Canary 10 %: failed after 2 min',
    '2026-02-03 10:07:10 Roll back (30 s)',
    '2026-02-03 10:07:41 Rolled back',
  ]);
});

test('where the record does not tell what runs, the reason does', () => {
  const body = ticketBody(anIncident({ status: { outcome: 'rollbackFailed' } }));
  expect(rowsOf(body)).toMatchObject({ 'Runs now': 'see the reason' });
});

test('the mark is at the end, hidden, and the ticket is found by it alone', () => {
  const incident = anIncident();
  const { body, mark, since } = ticketOf(incident);
  expect(body.trimEnd().split('\n').at(-1)).toBe(mark);
  expect(mark).toMatch(/^<!-- [^>]* -->$/);
  expect(since).toBe('2026-02-03T10:00:00.000Z');
});

test('no key ends its comment, and no two keys share a mark', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      const inside = ticketMark(a).slice('<!--'.length, -'-->'.length);
      expect(inside).not.toMatch(/--|>|\n/);
      expect(ticketMark(a) === ticketMark(b)).toBe(a === b);
    }),
  );
});

/** What makes trouble in markdown, among ordinary letters. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '@',
        '#',
        '`',
        '``',
        '\\',
        '<',
        '>',
        '&',
        '|',
        '{',
        '}',
        '"',
        "'",
        '\n',
        ' ',
        '-',
        '_',
        '*',
        '[',
        ']',
        '(',
        ')',
      ),
      fc.constantFrom(
        '@ana',
        '@org/team',
        '#12',
        'GH-7',
        'org/shop#3',
        '<img src=x>',
        '&lt;',
        '<!--',
        '-->',
        '{"a":1}',
        '</details>',
      ),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

test('nothing that others wrote calls a person, leads to another ticket, becomes HTML or leaves its row', () => {
  const plain = anIncident();
  const lines = ticketBody(plain).split('\n').length;
  fc.assert(
    fc.property(nasty, nasty, nasty, (reason, detail, name) => {
      const body = ticketBody(
        anIncident({
          status: {
            reason,
            requestedBy: name,
            from: detail,
            notes: [detail],
            steps: crashed.steps.map((step) => ({ ...step, detail })),
          },
          facts: {
            key: name,
            diagnosis: {
              ...diagnosis,
              unseen: [name],
              findings: [{ ...diagnosis.findings[0]!, headline: name, cause: reason, remedy: detail }],
            },
            links: [{ text: name, href: `https://example.com/${detail}` }],
          },
        }),
      );
      const written = body.slice(0, body.lastIndexOf('<!--'));
      expect(readMarkdown(written)).toMatchObject({ html: [], mentions: [], references: [] });
      // The paragraph with the reason is left out where there is none.
      expect(body.split('\n')).toHaveLength(lines);
    }),
    { numRuns: 300 },
  );
});

test('the reader of markdown would see it', () => {
  expect(readMarkdown(String.raw`\@ana and &commat; <b> org#3`)).toEqual({
    text: '@ana and &commat; <b> org#3',
    html: ['&commat;', '<b>'],
    mentions: ['ana'],
    references: ['#3'],
  });
  expect(readMarkdown('`@ana <b>` a@b').mentions).toEqual([]);
});

test('secrets that a log or an error showed are in no text', () => {
  const secret = `ghp_${'a1B2'.repeat(9)}`;
  const leak = `cannot log in: password=hunter2 Authorization: Bearer ${secret} postgres://app:s3cr3t@db/app`;
  const incident = anIncident({
    status: { reason: leak, notes: [leak], steps: crashed.steps.map((step) => ({ ...step, detail: leak })) },
    facts: {
      diagnosis: {
        summary: leak,
        unseen: [leak],
        findings: [
          {
            ...diagnosis.findings[0]!,
            headline: leak,
            cause: leak,
            remedy: leak,
            evidence: [{ subject: 'pod', detail: leak }],
          },
        ],
      },
      links: [{ text: 'Trace', href: `https://user:${secret}@example.com/?token=${secret}` }],
    },
  });
  for (const text of [ticketTitle(incident), ticketBody(incident)])
    for (const part of ['hunter2', secret, 's3cr3t']) expect(text).not.toContain(part);
});

test('a body that is too long keeps its head, whole lines and the mark', () => {
  const long = Array.from({ length: 200 }, (_, i) => step(i, 'x'.repeat(5_000)));
  const incident = anIncident({
    status: { steps: long, notes: Array.from({ length: 200 }, (_, i) => `${i} ${'y'.repeat(5_000)}`) },
  });
  const body = ticketBody(incident);
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body.length).toBeGreaterThan(60_000);
  expect(body).toContain('**Shop v4.1.1 was rolled back');
  expect(body).toContain('The rest was left out');
  expect(body.trimEnd()).toMatch(
    new RegExp(`${ticketMark(incident.key).replace(/[.*+?^$()|[\]\\]/g, '\\$&')}$`),
  );
});

test('whatever the text, what is kept is a beginning of it in whole lines, within the limit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 60 }), { maxLength: 60 }),
      fc.integer({ min: 200, max: 2_000 }),
      (lines, limit) => {
        const text = lines.join('\n');
        const mark = ticketMark('key');
        const body = bounded(text, mark, limit);
        expect(body.length).toBeLessThanOrEqual(limit);
        expect(body.trimEnd().endsWith(mark)).toBe(true);
        const [kept = ''] = body.split('\n\n… The rest was left out');
        if (`${text}\n\n${mark}\n`.length <= limit) expect(body).toBe(`${text}\n\n${mark}\n`);
        else expect(`${text}\n`.startsWith(kept === '' ? '' : kept)).toBe(true);
      },
    ),
  );
});

function step(i: number, detail: string): ReleaseStatus['steps'][number] {
  const time = new Date(Date.UTC(2026, 1, 3, 10, 0, i)).toISOString();
  return { name: `Step ${i}`, state: 'done', startedAt: time, endedAt: time, detail };
}

function rowsOf(body: string): Record<string, string> {
  const rows = [...body.matchAll(/^\| ([A-Z][A-Za-z ]+?)\u00a0 \| (.*) \|$/gm)];
  return Object.fromEntries(rows.map(([, name = '', words = '']) => [name, words]));
}
