import { expect, test } from '@jest/globals';
import { ApiException } from '@kubernetes/client-node';
import { ApplicationFailure, type RetryPolicy } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { helmFailure } from '../../../src/activities/helm/failures.ts';
import { toFailure } from '../../../src/activities/kubernetes/failures.ts';
import { aTarget } from '../../support/a-target.ts';

const place = { cluster: 'dev-cluster', namespace: 'shop' };

function answer(code: number, headers: Record<string, string> = {}): ApiException<string> {
  return new ApiException(
    code,
    'Unknown API Status Code!',
    JSON.stringify({ kind: 'Status', message: 'it said so' }),
    headers,
  );
}

test.each([
  [400, 'InvalidObject', true],
  [401, 'Forbidden', true],
  [403, 'Forbidden', true],
  [404, 'NotFound', true],
  [409, 'Conflict', false],
  [422, 'InvalidObject', true],
  [429, 'ClusterUnreachable', false],
  [500, 'ClusterUnreachable', false],
  [503, 'ClusterUnreachable', false],
])('status %d becomes %s, final: %s', (code, type, nonRetryable) => {
  const failure = toFailure(answer(code), place);
  expect(failure).toMatchObject({ type, nonRetryable });
  expect((failure as Error).message).toMatch(/^Cluster dev-cluster, namespace shop: it said so\. [A-Z].+\.$/);
});

test('a refused connection and an unanswered request are worth a retry', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), {
    name: 'FetchError',
    code: 'ECONNREFUSED',
  });
  const aborted = Object.assign(new Error('The user aborted a request.'), { name: 'AbortError' });
  expect(toFailure(refused, place)).toMatchObject({ type: 'ClusterUnreachable', nonRetryable: false });
  expect(toFailure(aborted, place)).toMatchObject({ message: expect.stringContaining('no answer in time') });
});

test('a server that asks to be left alone is left alone for as long', () => {
  expect(toFailure(answer(429, { 'retry-after': '7' }), place)).toMatchObject({ nextRetryDelay: 7_000 });
});

test('failures that have a type and mistakes in the code stay what they are', () => {
  const typed = ApplicationFailure.create({ type: 'HelmFailed' });
  const mistake = new TypeError('x is not a function');
  expect(toFailure(typed, place)).toBe(typed);
  expect(toFailure(mistake, place)).toBe(mistake);
});

const patient: RetryPolicy = { initialInterval: '1s' };
const impatient: RetryPolicy = { ...patient, nonRetryableErrorTypes: ['Forbidden'] };

test.each<[string, RetryPolicy, number, boolean]>([
  ['what is put back is tried again', patient, 200, false],
  ['what is put back is given up after five minutes', patient, 301, true],
  ['whatever else is final at once', impatient, 0, true],
])('denied, %s', async (_title, retryPolicy, secondsAgo, nonRetryable) => {
  const scheduledTimestampMs = Date.now() - secondsAgo * 1000;
  const environment = new MockActivityEnvironment({ retryPolicy, scheduledTimestampMs });
  for (const code of [401, 403]) {
    const failure = await environment.run(() => Promise.resolve(toFailure(answer(code), place)));
    expect(failure).toMatchObject({ type: 'Forbidden', nonRetryable });
  }
  const target = aTarget();
  const stderr = 'Error: secrets is forbidden: User "f" cannot list resource "secrets"';
  const ofHelm = await environment.run(() =>
    Promise.resolve(helmFailure(target, 'helm rollback', { outcome: 'failed', stderr }, 'no')),
  );
  expect(ofHelm).toMatchObject({ type: 'Forbidden', nonRetryable });
});
