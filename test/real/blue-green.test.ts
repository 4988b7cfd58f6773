/** Blue/green deployments of real pods under a steady load: green serves nothing, then everything. */
import { expect, test } from '@jest/globals';
import { useBench } from './bench.ts';
import { expectServed } from './expectations.ts';
import { versions } from '../../local/real-versions.ts';

const bench = useBench();
const { first, second, unhealthy, failing } = versions;

function release(version: string) {
  return bench.underLoad(`blue/green ${version}`, () => bench.execute('blueGreenDeployment', { version }));
}

test('a blue/green release switches all requests at once, and loses none', async () => {
  const run = await release(second);
  expect(run.status).toMatchObject({ outcome: 'released' });
  expectServed(run, {
    before: first,
    after: second,
    during: {
      'Deploy green': { version: second, share: 0 },
      'Watch green': { version: second, share: 1 },
      'Take over': { version: second, share: 1 },
    },
  });
});

test('a green that fails its smoke test gets no request from anybody else', async () => {
  const run = await release(failing);
  expect(run.status).toMatchObject({
    outcome: 'rolledBack',
    reason: expect.stringContaining('smoke test "version"'),
  });
  expectServed(run, { before: second, after: second });
});

test('a green that is not well gets no request', async () => {
  const run = await release(unhealthy);
  expect(run.status).toMatchObject({ outcome: 'rolledBack' });
  expectServed(run, { before: second, after: second });
});
