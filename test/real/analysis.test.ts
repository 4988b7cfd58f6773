/** Versions that go bad under a steady load, judged by a real Prometheus; left out where there is none. */
import { describe, expect, test } from '@jest/globals';
import { useBench } from './bench.ts';
import { expectBoundedFailures, expectServed } from './expectations.ts';
import { prometheusProgram } from './prometheus.ts';
import { versions } from '../../local/real-versions.ts';

const { first, second, failing, wearing } = versions;
/** Seconds: far more than a clear failure needs. */
const long = 120;

const describeWithPrometheus = prometheusProgram === undefined ? describe.skip : describe;

describeWithPrometheus('judged by Prometheus', () => {
  const bench = useBench(prometheusProgram === undefined ? {} : { prometheus: prometheusProgram });

  test('a canary that does as well as the old version goes on, and loses no request', async () => {
    const run = await bench.underLoad(`canary ${second}, by Prometheus`, () =>
      bench.execute('canaryDeployment', { version: second }),
    );
    expect(run.status).toMatchObject({ outcome: 'released', analysis: { verdict: 'pass' } });
    expectServed(run, {
      before: first,
      after: second,
      during: { 'Watch at 34 %': { version: second, share: 1 / 3 } },
    });
  });

  test('a canary that answers 500 is stopped long before its watch ends, after few failed requests', async () => {
    const steps = [
      { weight: 34, bake: `${long}s` },
      { weight: 100, bake: 0 },
    ];
    const run = await bench.underLoad(`canary ${failing}, by Prometheus`, () =>
      bench.execute('canaryDeployment', { version: failing, steps }),
    );
    expect(run.status).toMatchObject({ outcome: 'rolledBack', analysis: { stopNow: true } });
    const served = { before: second, after: second, between: [failing] };
    expectBoundedFailures(run, served, { share: 1 / 3, failing: 1 / 2, seconds: 40 });
  });

  test('a green that goes bad after the switch gives everything back to blue, after few failed requests', async () => {
    const run = await bench.underLoad(`blue/green ${wearing}, by Prometheus`, () =>
      bench.execute('blueGreenDeployment', { version: wearing, monitor: `${long}s` }),
    );
    expect(run.status).toMatchObject({ outcome: 'rolledBack', analysis: { stopNow: true } });
    const served = { before: second, after: second, between: [wearing] };
    expectBoundedFailures(run, served, { share: 1, failing: 1, seconds: 30 });
  });
});
