import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createPagingActivities } from '../../../src/activities/paging/index.ts';
import type { PageInput, PagingActivities, PagingAnswer } from '../../../src/activities/paging/types.ts';
import { failureTypes } from '../../../src/domain/failures.ts';
import { pageKey } from '../../../src/domain/paging-text.ts';
import { routingKey } from '../../support/paging-rules.ts';
import { startPagingServer, type PagingFault, type PagingServer } from '../../support/paging-server.ts';

let server: PagingServer;
beforeAll(async () => {
  server = await startPagingServer();
});
afterEach(() => server.heal());
afterAll(() => server.stop());

function policy() {
  return { url: server.url, on: ['failed'], changes: true, severity: 'error' } as const;
}

function aPage(change: Partial<PageInput> = {}): PageInput {
  return {
    policy: policy(),
    dedupKey: 'fairway:shop:production',
    summary: 'Shop v4.1.0 was not released to production',
    source: 'shop in production',
    severity: 'error',
    details: { reason: 'health endpoint' },
    links: [{ href: 'https://temporal.example/run', text: 'Run' }],
    ...change,
  };
}

const lines: string[] = [];

async function call<Name extends keyof PagingActivities>(
  name: Name,
  input: Parameters<PagingActivities[Name]>[0],
  key: string | undefined = routingKey,
): Promise<PagingAnswer> {
  const log = { warn: (line: string) => void lines.push(line) };
  const activities = createPagingActivities({ http: fetch, routingKey: key, log });
  const activity = activities[name] as (input: unknown) => Promise<PagingAnswer>;
  return (await new MockActivityEnvironment().run(activity, input)) as PagingAnswer;
}

test('a page opens one incident however often it is sent, and its key closes it', async () => {
  expect(await call('page', aPage())).toEqual({ outcome: 'accepted' });
  await call('page', aPage({ summary: 'again' }));
  expect([...server.open]).toEqual([['fairway:shop:production', 2]]);
  expect(server.events[0]).toEqual({
    routing_key: routingKey,
    event_action: 'trigger',
    dedup_key: 'fairway:shop:production',
    client: 'Fairway',
    payload: {
      summary: 'Shop v4.1.0 was not released to production',
      source: 'shop in production',
      severity: 'error',
      custom_details: { reason: 'health endpoint' },
    },
    links: [{ href: 'https://temporal.example/run', text: 'Run' }],
  });
  await call('resolvePage', { policy: policy(), dedupKey: 'fairway:shop:production' });
  expect(server.open.size).toBe(0);
  // What is closed stays closed.
  await call('resolvePage', { policy: policy(), dedupKey: 'fairway:shop:production' });
});

test('a target that cannot be put back wakes somebody who has its failed release in hand, and one call closes both', async () => {
  const failed = pageKey({ service: 'shop', environment: 'staging' }, 'failed');
  const stuck = pageKey({ service: 'shop', environment: 'staging' }, 'rollbackFailed');
  await call('page', aPage({ dedupKey: failed }));
  await call('page', aPage({ dedupKey: failed }));
  await call('page', aPage({ dedupKey: stuck }));
  expect(server.woken.slice(-2)).toEqual([failed, stuck]);
  await call('resolvePage', { policy: policy(), dedupKey: failed, also: [stuck] });
  expect(server.open.size).toBe(0);
});

test('a change is told, and opens nothing', async () => {
  const { summary, source, details, links } = aPage();
  await call('tellChange', {
    policy: { ...policy(), url: `${server.url}/` },
    summary,
    source,
    details,
    links,
  });
  expect(server.changes[0]).toMatchObject({
    routing_key: routingKey,
    payload: { summary, source, custom_details: details, timestamp: expect.any(String) },
  });
  expect(server.open.size).toBe(0);
});

test('what is longer than the vendor takes is cut', async () => {
  const long = aPage({ summary: '🚢'.repeat(2000), dedupKey: 'k'.repeat(300) });
  expect(await call('page', long)).toEqual({ outcome: 'accepted' });
});

test('an event of more than 512 KB is not sent', async () => {
  const huge = aPage({ details: { log: 'x'.repeat(600_000) } });
  await expect(call('page', huge)).rejects.toMatchObject({
    type: failureTypes.pagingRejected,
    message: expect.stringMatching(/larger than 524288 bytes/),
  });
});

test.each<[string, PagingFault, RegExp]>([
  ['drops the connection', { mode: 'outage' }, /PagerDuty does not answer \(UND_ERR_SOCKET\)\. It is tried/],
  ['has trouble of its own', { mode: 'status', status: 503 }, /HTTP 503/],
  ['limits the rate', { mode: 'rateLimited', retryAfter: 7 }, /its rate limit is reached/],
])('a service that %s is worth a retry', async (_case, fault, message) => {
  server.fail(fault);
  await expect(call('page', aPage())).rejects.toMatchObject({
    type: failureTypes.pagingUnavailable,
    nonRetryable: false,
    message: expect.stringMatching(message),
    ...(fault.mode === 'rateLimited' ? { nextRetryDelay: '7s' } : {}),
  });
});

test.each<[string, PagingFault, RegExp]>([
  [
    'a sign-in page',
    { mode: 'page' },
    /the answer \(HTTP 200\) was not that of PagerDuty\. Check paging\.url/,
  ],
  ['no such endpoint', { mode: 'status', status: 404 }, /Check paging\.url/],
  ['no access', { mode: 'status', status: 403 }, /FAIRWAY_PAGERDUTY_ROUTING_KEY/],
])('%s is not', async (_case, fault, message) => {
  server.fail(fault);
  await expect(call('resolvePage', { policy: policy(), dedupKey: 'k' })).rejects.toMatchObject({
    type: failureTypes.pagingRejected,
    nonRetryable: true,
    message: expect.stringMatching(message),
  });
});

test('a wrong routing key is said, with what to do and without the key', async () => {
  const wrong = 'short-key-of-somebody';
  const failed = call('page', aPage(), wrong);
  await expect(failed).rejects.toMatchObject({
    type: failureTypes.pagingRejected,
    message: expect.stringMatching(
      /Event object is invalid; Length of 'routing_key' is incorrect .*FAIRWAY_PAGERDUTY_ROUTING_KEY/,
    ),
  });
  await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining(wrong) });
});

test('a service that repeats the request cannot make the key show', async () => {
  server.fail({ mode: 'echo' });
  const failed = await call('page', aPage()).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Error);
  expect(JSON.stringify(failed, Object.getOwnPropertyNames(failed))).not.toContain(routingKey);
});

test('without a routing key nobody is woken, and the log says so', async () => {
  const log = { warn: (line: string) => void lines.push(line) };
  const { page } = createPagingActivities({ http: fetch, log });
  expect(await page(aPage())).toEqual({ outcome: 'unconfigured' });
  expect(lines.at(-1)).toBe(
    'paging (no FAIRWAY_PAGERDUTY_ROUTING_KEY): Shop v4.1.0 was not released to production',
  );
});
