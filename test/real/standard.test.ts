/** Standard deployments of real pods under a steady load on the Service's address. */
import { expect, test } from '@jest/globals';
import { useBench } from './bench.ts';
import { expectServed } from './expectations.ts';
import { versions } from '../../local/real-versions.ts';

const bench = useBench();
const { first, second, third, unhealthy, crashing } = versions;

function release(version: string, request: object = {}) {
  return bench.underLoad(`standard ${version}`, () =>
    bench.execute('standardDeployment', { version, ...request }),
  );
}

test('a standard release by Helm loses no request', async () => {
  const run = await release(second);
  expect(run.status).toMatchObject({ outcome: 'released' });
  expectServed(run, { before: first, after: second });
});

test('a standard release whose pods crash gets no request, and loses none', async () => {
  const run = await release(crashing);
  expect(run.status).toMatchObject({ outcome: 'rolledBack' });
  expectServed(run, { before: second, after: second });
});

test('a standard release that does not verify is rolled back, and loses no request', async () => {
  const run = await release(unhealthy);
  expect(run.status).toMatchObject({ outcome: 'rolledBack' });
  expectServed(run, { before: second, after: second, between: [unhealthy] });
});

test('a standard release by image loses no request', async () => {
  const run = await release(third, { update: 'image' });
  expect(run.status).toMatchObject({ outcome: 'released' });
  expectServed(run, { before: second, after: third });
});
