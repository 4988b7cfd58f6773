/** Canaries of real pods under a steady load: each share of the pods is a share of the requests. */
import { expect, test } from '@jest/globals';
import { useBench } from './bench.ts';
import { expectBoundedFailures, expectServed } from './expectations.ts';
import { versions } from '../../local/real-versions.ts';

const bench = useBench();
const { first, second, unhealthy, crashing, failing } = versions;

function release(version: string, options: object = {}, words = '') {
  return bench.underLoad(`canary ${version}${words}`, () =>
    bench.execute('canaryDeployment', { version, ...options }),
  );
}

test('a canary serves the share of its pods at every step, and loses no request', async () => {
  const run = await release(second);
  expect(run.status).toMatchObject({ outcome: 'released' });
  expectServed(run, {
    before: first,
    after: second,
    during: {
      'Watch at 34 %': { version: second, share: 1 / 3 },
      'Watch at 67 %': { version: second, share: 2 / 3 },
      'Watch at 100 %': { version: second, share: 1 },
    },
  });
});

test('a canary whose pods crash gets no request, and loses none', async () => {
  const run = await release(crashing);
  expect(run.status).toMatchObject({ outcome: 'rolledBack' });
  expectServed(run, { before: second, after: second });
});

test('a canary that answers 500 is stopped by what its pods log, after few failed requests', async () => {
  const run = await release(failing);
  expect(run.status).toMatchObject({ outcome: 'rolledBack', reason: expect.stringContaining('error lines') });
  const served = { before: second, after: second, between: [failing] };
  expectBoundedFailures(run, served, { share: 1 / 3, failing: 1 / 2, seconds: 30 });
});

test('a canary that is ready and not well is found at its first step, and loses no request', async () => {
  const run = await release(unhealthy);
  expect(run.status).toMatchObject({
    outcome: 'rolledBack',
    reason: expect.stringContaining('health endpoint'),
    weight: { requested: 0 },
  });
  expect(run.status.steps.map(({ name }) => name)).not.toContain('Canary 67 %');
  expectServed(run, { before: second, after: second, between: [unhealthy] });
});

test('a canary that does not verify after 100 % is taken back, and loses no request', async () => {
  const steps = [34, 67, 100].map((weight) => ({ weight, bake: 0 }));
  const run = await release(unhealthy, { steps }, ', unwatched');
  expect(run.status).toMatchObject({ outcome: 'rolledBack', weight: { requested: 0 } });
  expect(run.status.steps.find(({ name }) => name === 'Finalise')?.state).toBe('done');
  expectServed(run, { before: second, after: second, between: [unhealthy] });
});
