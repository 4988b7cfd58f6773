import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { PromotionRecord } from '../../../src/domain/promotion.ts';
import { startCodeHostServer } from '../../support/code-host-server.ts';
import { startOnCallServer, type OnCallFault, type OnCallServer } from '../../support/on-call-server.ts';
import { complete, githubToken, item, looker, pagerDutyToken, type LookOptions } from './bench.ts';

let server: OnCallServer;
beforeAll(async () => {
  server = await startOnCallServer({ token: pagerDutyToken });
});
afterEach(() => {
  server.heal();
  server.entries.length = 0;
});
afterAll(() => server.stop());

const primary = item({ by: 'onCall', schedule: 'PABC123' });

async function look(options: LookOptions = {}) {
  const [sighting] = await looker({ onCall: server }, options)(primary);
  return sighting;
}

test('whoever is on call in the schedule is named, and until when', async () => {
  server.entries.push(
    { schedule: 'POTHER1', user: 'Bo' },
    { schedule: 'PABC123', user: 'Ana Sánchez', end: '2026-02-03T18:00:00+01:00' },
  );
  expect(await look()).toEqual({
    name: 'item',
    state: 'done',
    detail: 'on call: Ana Sánchez until 2026-02-03 17:00 UTC',
    link: 'https://shop.pagerduty.com/users/PUSER',
  });
  expect(server.asked.at(-1)).toBe('?schedule_ids[]=PABC123&limit=100');
});

test('several people on call are all named once', async () => {
  server.entries.push(
    ...['Ana', 'Bo', 'Ana'].map((user) => ({ schedule: 'PABC123', user, end: '2026-02-03T18:00:00Z' })),
  );
  expect(await look()).toMatchObject({ state: 'done', detail: 'on call: Ana, Bo' });
});

test('a schedule that nobody is on call in is missing', async () => {
  server.entries.push({ schedule: 'POTHER1', user: 'Bo' });
  expect(await look()).toMatchObject({
    state: 'missing',
    detail: 'nobody is on call in schedule PABC123 now',
  });
});

const troubles: readonly (readonly [string, OnCallFault, string])[] = [
  ['an outage', { mode: 'outage' }, 'PagerDuty does not answer (UND_ERR_SOCKET)'],
  ['an answer that breaks off', { mode: 'cutOff' }, 'PagerDuty does not answer (UND_ERR_SOCKET)'],
  ['a server that never answers', { mode: 'hang' }, 'PagerDuty does not answer (not in time)'],
  ['trouble of its own', { mode: 'status', status: 500 }, 'PagerDuty has trouble of its own (HTTP 500)'],
  ['the page of a proxy', { mode: 'page' }, 'the answer was not that of PagerDuty'],
  ['an answer without end', { mode: 'endless' }, 'the answer was not that of PagerDuty'],
  [
    'its rate limit',
    { mode: 'rateLimited', resetsInSeconds: 30 },
    'PagerDuty takes no more questions for 30 s: its rate limit is reached',
  ],
  [
    'a right that is missing',
    { mode: 'status', status: 403, message: 'Access Denied' },
    "this worker's token may not read who is on call: Access Denied",
  ],
  [
    'an ID that is none',
    { mode: 'status', status: 400, message: 'Invalid Input Provided' },
    'PagerDuty knows no schedule PABC123: Invalid Input Provided',
  ],
  ['a redirection', { mode: 'status', status: 302 }, 'PagerDuty refused to answer (HTTP 302)'],
  [
    'an error that repeats the token',
    { mode: 'status', status: 402, message: `no: Authorization: Token token=${pagerDutyToken}` },
    'PagerDuty refused to answer (HTTP 402): no: Authorization: [redacted]',
  ],
];

test.each(troubles)(
  '%s makes the item unknown, never done, and says no secret',
  async (_what, fault, detail) => {
    server.entries.push({ schedule: 'PABC123', user: 'Ana' });
    server.fail(fault);
    const sighting = await look(fault.mode === 'hang' ? { timeout: 300 } : {});
    expect(sighting).toMatchObject({ state: 'unknown', detail: expect.stringContaining(detail) });
    expect(sighting?.remedy).toMatch(/^[A-Z].*[^.]$/);
    expect(JSON.stringify(sighting)).not.toContain(pagerDutyToken.slice(2));
  },
);

test('a wrong token and none at all are unknown, each with its remedy', async () => {
  expect(await look({ onCallToken: 'u+wrong' })).toMatchObject({
    state: 'unknown',
    detail: "PagerDuty does not accept this worker's token: Unauthorized",
    remedy: expect.stringContaining('FAIRWAY_PAGERDUTY_TOKEN'),
  });
  const [sighting] = await looker({})(primary);
  expect(sighting).toMatchObject({ state: 'unknown', detail: 'FAIRWAY_PAGERDUTY_TOKEN is not set' });
});

test('while its limit lasts PagerDuty is left alone', async () => {
  const lookAgain = looker({ onCall: server });
  server.fail({ mode: 'rateLimited', resetsInSeconds: 30, times: 1 });
  await lookAgain(primary);
  const asked = server.asked.length;
  expect(await lookAgain(primary)).toMatchObject([{ state: 'unknown' }]);
  expect(server.asked).toHaveLength(asked);
});

const tested = item({ by: 'verifiedIn', environment: 'staging' });

const seen = {
  release: 'shop-1',
  version: '4.1.0',
  image: 'org/shop:4.1.0',
  verifiedAt: '2026-02-03T10:00:00.000Z',
};
const leaving = {
  release: 'shop-back',
  at: '2026-02-03T11:00:00.000Z',
  what: 'rolledBack',
  version: '4.0.0',
  from: 'org/shop:4.1.0',
} as const;

test.each<[string, PromotionRecord, object]>([
  [
    'that it was verified',
    { verified: [seen], changes: [] },
    { state: 'done', detail: 'verified in staging at 2026-02-03 10:00 UTC by release shop-1' },
  ],
  [
    'nothing',
    { verified: [], changes: [] },
    {
      state: 'missing',
      detail: 'no release of v4.1.0 has passed verification in staging',
      remedy: 'Release v4.1.0 to staging first',
    },
  ],
  [
    'that it was rolled back there',
    { verified: [seen], changes: [leaving] },
    {
      state: 'missing',
      detail: 'v4.1.0 passed verification in staging, but was rolled back there since',
    },
  ],
])('what Temporal says of staging (%s) decides', async (_what, record, expected) => {
  const asked: unknown[] = [];
  const [sighting] = await looker(
    {},
    {
      findVerified: (input) => {
        asked.push(input);
        return Promise.resolve(record);
      },
    },
  )(tested);
  expect(sighting).toMatchObject(expected);
  expect(asked).toEqual([{ service: 'shop', environment: 'staging', version: '4.1.0' }]);
});

test('a Temporal that does not tell is unknown', async () => {
  const [sighting] = await looker(
    {},
    { findVerified: () => Promise.reject(new Error('unavailable')) },
  )(tested);
  expect(sighting).toMatchObject({ state: 'unknown' });
});

test('what is not asked in time is unknown, and what was is kept', async () => {
  server.entries.push({ schedule: 'PABC123', user: 'Ana' });
  const codeHost = await startCodeHostServer({ token: githubToken });
  codeHost.repositories.set('org/shop', complete);
  codeHost.fail({ mode: 'hang' });
  const seen = await looker({ codeHost, onCall: server }, { deadline: 10_000, timeout: 60_000 })(
    primary,
    item({ by: 'releaseNotes' }),
    tested,
  );
  await codeHost.stop();
  expect(seen.map(({ state, detail }) => `${state}: ${detail}`)).toEqual([
    'done: on call: Ana',
    'unknown: there was no time left to ask',
    'unknown: there was no time left to ask',
  ]);
});

test('a cancellation ends the look at once', async () => {
  server.fail({ mode: 'hang' });
  const environment = new MockActivityEnvironment();
  const looking = looker({ onCall: server }, { environment, timeout: 60_000 })(primary);
  setTimeout(() => environment.cancel(), 50);
  await expect(looking).rejects.toThrow('CANCELLED');
});
