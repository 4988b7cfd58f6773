/** That this load meets what the other tests say is not there: without this, their zeros prove nothing. */
import { expect, test } from '@jest/globals';
import { failures, servedBy, shareProblem } from './answers.ts';
import { useBench } from './bench.ts';
import { expectServed } from './expectations.ts';
import { startLoad, type Answer } from './load.ts';
import { versions } from '../../local/real-versions.ts';

const { second, abrupt, abruptNext } = versions;
const bench = useBench({ version: abrupt, values: 'preStopSeconds=0' });

async function answersOf(address: string): Promise<readonly Answer[]> {
  const load = startLoad(address);
  await new Promise((done) => setTimeout(done, 5_000));
  return load.stop();
}

test('a share that is not the one expected is told from it', async () => {
  const answers = await answersOf(bench.service().address);
  expect(failures(answers)).toEqual({});
  expect(shareProblem(answers, { version: abrupt, share: 1 })).toBeUndefined();
  expect(shareProblem(answers, { version: abrupt, share: 2 / 3 })).toMatch(
    /served .* \(100\.0 %\), expected 66\.7 %/,
  );
  expect(shareProblem(answers, { version: second, share: 1 / 3 })).toMatch(/served 0 of/);
});

test('every request to a Service without pods fails, and is counted', async () => {
  const { kubectl } = bench.service();
  await kubectl('create', 'service', 'clusterip', 'nowhere', '--tcp=8000:8000');
  const address = await kubectl('get', 'service', 'nowhere', '-o', 'jsonpath={.spec.clusterIP}');
  const answers = await answersOf(address);
  expect(answers.length).toBeGreaterThan(100);
  expect(servedBy(answers)).toEqual({});
  expect(Object.values(failures(answers)).reduce((sum, count) => sum + count, 0)).toBe(answers.length);
});

test('a server that ends at once, without a preStop hook, loses requests in a release', async () => {
  const run = await bench.underLoad(`standard ${abruptNext}, without preStop`, () =>
    bench.execute('standardDeployment', { version: abruptNext }),
  );
  expect(run.status).toMatchObject({ outcome: 'released' });
  expect(failures(run.answers)).not.toEqual({});
  expect(() => {
    expectServed(run, { before: abrupt, after: abruptNext });
  }).toThrow();
});
