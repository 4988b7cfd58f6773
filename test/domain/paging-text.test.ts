import { expect, test } from '@jest/globals';
import { changeOf, pageKey, pageOf, stuckPageOf } from '../../src/domain/paging-text.ts';
import type { PagingPolicy } from '../../src/domain/paging.ts';
import { newStatus, type ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget } from '../support/a-target.ts';

const policy: PagingPolicy = {
  url: 'https://events.example',
  on: ['failed', 'rollbackFailed'],
  changes: true,
  severity: 'warning',
};
const target = aTarget({ environment: { name: 'production', paging: policy } });

function ended(change: Partial<ReleaseStatus>): ReleaseStatus {
  const identity = { release: 'shop-4.1.0', service: 'shop', environment: 'production' };
  return { ...newStatus({ ...identity, strategy: 'canary', version: '4.1.0' }, []), ...change };
}

test('the key is the target’s, so that the next release that ends well closes what the last one opened', () => {
  const shop = { service: 'shop', environment: 'production' };
  expect(pageKey(shop, 'failed')).toBe('fairway:shop:production');
  const name = 'x'.repeat(63);
  expect(pageKey({ service: name, environment: name }, 'rollbackFailed').length).toBeLessThanOrEqual(255);
});

test('what a person must put back has a key of its own: an incident that is acknowledged wakes nobody again', () => {
  const shop = { service: 'shop', environment: 'production' };
  expect(pageKey(shop, 'rollbackFailed')).toBe('fairway:shop:production:rollbackFailed');
});

test('a return that does not come through is the most severe, and the incident of one that failed', () => {
  const status = ended({ reason: 'errors 12/240' });
  expect(stuckPageOf(status, target, { policy, since: '2026-02-03T10:00:00.000Z' })).toMatchObject({
    dedupKey: 'fairway:shop:production:rollbackFailed',
    severity: 'critical',
    summary:
      'Shop in production is being put back since 2026-02-03 10:00 UTC and does not get there; it is tried on, a person must look: errors 12/240',
    details: { reason: 'errors 12/240' },
  });
});

test.each<[Partial<ReleaseStatus>, 'failed' | 'rollbackFailed', string, PagingPolicy['severity']]>([
  [
    { outcome: 'rolledBack', from: 'example/shop:4.0.0', reason: 'errors 12/240' },
    'failed',
    'Shop v4.1.0 was not released to production, and v4.0.0 runs again: errors 12/240',
    'warning',
  ],
  [
    { outcome: 'failed', reason: 'no quota' },
    'failed',
    'Shop v4.1.0 was not released to production: no quota',
    'warning',
  ],
  [
    { outcome: 'rollbackFailed', reason: 'the canary is left' },
    'rollbackFailed',
    'Shop in production could not be put back, a person must look: the canary is left',
    'critical',
  ],
  [
    { outcome: 'failed', strategy: 'rollback' },
    'rollbackFailed',
    'Shop in production was not rolled back',
    'critical',
  ],
])('%j reads as it should at night', (status, occasion, summary, severity) => {
  expect(pageOf(ended(status), target, { policy, occasion })).toMatchObject({
    dedupKey: pageKey({ service: 'shop', environment: 'production' }, occasion),
    source: 'shop in production',
    links: [],
    summary,
    severity,
  });
});

test('the details say what a tired person needs, without secrets, and no line is too long', () => {
  const status = ended({
    outcome: 'failed',
    requestedBy: 'ana@example.com',
    reason: `token=abc123456 ${'x'.repeat(5000)}`,
    steps: [{ name: 'Roll out', state: 'failed' }],
    diagnosis: {
      summary: 'the secret shop-db is missing',
      findings: [
        {
          ...{ rule: 'missing-secret', situation: 'crashing', evidence: [] },
          ...{ headline: 'the secret shop-db is missing', cause: 'It was never made.' },
          remedy: 'Create it.',
        },
      ],
      unseen: [],
    },
  });
  const { summary, details } = pageOf(status, target, { policy, occasion: 'failed' });
  expect(summary.length).toBeLessThanOrEqual(1024);
  expect(summary).toMatch(/token=\[redacted\]/);
  expect(details).toMatchObject({
    release: 'shop-4.1.0',
    'requested by': 'ana@example.com',
    'failed step': 'Roll out',
    diagnosis: 'the secret shop-db is missing',
    cause: 'It was never made.',
    'what to do': 'Create it.',
  });
  expect(Math.max(...Object.values(details).map(({ length }) => length))).toBeLessThanOrEqual(2000);
});

test('the start of a release is told where changes are wanted', () => {
  const links = [{ href: 'https://temporal.example/run', text: 'Run' }];
  expect(changeOf(ended({}), target, links)).toMatchObject({
    summary: 'Shop v4.1.0: canary deployment in production begins',
    source: 'shop in production',
    details: { release: 'shop-4.1.0' },
    links,
  });
  expect(changeOf(ended({ strategy: 'rollback' }), target)?.summary).toMatch(
    /: rollback in production begins/,
  );
  const quiet = aTarget({ environment: { paging: { ...policy, changes: false } } });
  expect(changeOf(ended({}), quiet)).toBeUndefined();
  expect(changeOf(ended({}), aTarget())).toBeUndefined();
});
