import { describe, expect, test } from '@jest/globals';
import { parseRollbackRequest } from '../../src/domain/rollback-request.ts';

const input = { service: 'shop', environment: 'dev', reason: 'error rate above 5 %' };

describe('a rollback request', () => {
  test.each([
    [undefined, { kind: 'previous' }],
    ['previous', { kind: 'previous' }],
    [{ revision: 3 }, { kind: 'revision', revision: 3 }],
    [{ version: 'v4.0.0' }, { kind: 'version', version: '4.0.0' }],
    [{ helmRevision: 5 }, { kind: 'helmRevision', revision: 5 }],
    [{ helm: 'previous' }, { kind: 'helmPrevious' }],
    [{ backup: 'latest' }, { kind: 'latestBackup' }],
    [{ backup: 'fairway-backup-shop-1' }, { kind: 'backup', configMap: 'fairway-backup-shop-1' }],
  ])('may say to: %j', (to, expected) => {
    const parsed = parseRollbackRequest({ ...input, ...(to === undefined ? {} : { to }) });
    expect(parsed).toEqual({ ok: true, request: { ...input, to: expected } });
  });

  test('takes the strategy that it is, and who asks', () => {
    expect(parseRollbackRequest({ ...input, strategy: 'rollback', requestedBy: 'ana' })).toMatchObject({
      request: { requestedBy: 'ana' },
    });
  });

  test.each<[unknown, RegExp]>([
    [{ ...input, reason: undefined }, /"reason" is missing; for example/],
    [{ ...input, reason: ' ' }, /"reason" must be a text of 1 to 500 characters/],
    [{ ...input, to: 'first' }, /"to" must be one of "previous", \{"revision": 3\}.*, got "first"/],
    [{ ...input, to: 3 }, /"to" must be one of/],
    [{ ...input, to: null }, /"to" must be one of/],
    [{ ...input, to: {} }, /"to" must say exactly one thing/],
    [{ ...input, to: { revision: 3, version: '4.0.0' } }, /"to" must say exactly one thing/],
    [{ ...input, to: { revision: '3' } }, /"to.revision" must be a whole number from 1/],
    [{ ...input, to: { helm: 5 } }, /"to.helm" must be one of previous, got 5/],
    [{ ...input, to: { revison: 3 } }, /unknown field "to.revison"/],
    [{ ...input, version: '4.0.0' }, /unknown field "version"/],
    ['shop', /the input must be one JSON object/],
  ])('%j is refused with one clear message', (request, message) => {
    const parsed = parseRollbackRequest(request);
    expect(parsed.ok ? '' : parsed.problems.join('; ')).toMatch(message);
  });
});
