import { expect, test } from '@jest/globals';
import type { AnalysisCluster } from '../../../src/activities/analysis/cluster.ts';
import type { HttpObservation } from '../../../src/domain/check-observation.ts';
import type { CheckSpec } from '../../../src/domain/check.ts';
import { aNamespace, useLocalCluster } from '../../support/cluster.ts';
import { untilReady } from '../../support/cluster-pods.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { health, http } from '../verification/bench.ts';
import { calmCluster, canary, installCanary, realCluster, runBake, type Bake } from './bench.ts';

const cluster = useLocalCluster();

function checked(...checks: readonly CheckSpec[]): Bake['service'] {
  return { verification: { reach: 'portForward', checks } };
}

const database = http({ name: 'database', path: '/health/db', expectJson: { status: 'connected' } });

test.concurrent.each([
  ['4.1.0', { verdict: 'pass' }, /2\/2 checks passed; 1\/1 pods running and ready/],
  ['4.1.0-unhealthy', { verdict: 'fail', stopNow: true }, /health: 0\/1 pods .*status is "unhealthy"/],
  ['4.1.0-unhealthy-503', { verdict: 'fail', stopNow: true }, /health: 0\/1 pods .*503/],
  ['4.1.0-no-db-check', { verdict: 'fail', stopNow: true }, /database: 1\/1 pods do not have \/health\/db/],
] as const)(
  "the checks' answers of a canary %s are heard at the first look",
  async (tag, expected, summary) => {
    const namespace = await aNamespace(cluster());
    // The stable pods are not asked: theirs would be wrong.
    await installWorkload(cluster(), { namespace, tag: '4.0.0-unhealthy', replicas: 1 });
    await installCanary(cluster(), namespace, tag);
    await untilReady(cluster(), namespace, 2);
    const { report, beats } = await runBake({
      cluster: realCluster(cluster()),
      namespace,
      service: checked(health, database, { ...health, name: 'advice', path: '/none', severity: 'advisory' }),
      seconds: expected.verdict === 'fail' ? 600 : 1,
    });
    expect(report).toMatchObject(expected);
    expect(report.summary).toMatch(summary);
    if (expected.verdict === 'fail') expect(beats).toHaveLength(1);
  },
);

type Answers = (round: number, path: string) => HttpObservation['kind'] | number;

/** A canary whose one pod answers as told, or does not; counts how often each question comes. */
function answering(answers: Answers): AnalysisCluster & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    ...calmCluster,
    asked,
    askPods: ({ check, patient }) => {
      const { path } = check;
      asked.push(`${path}${patient ? ' patiently' : ''}`);
      const answer = answers(asked.filter((one) => one.startsWith(path)).length, path);
      const pod = `${canary}-1`;
      return Promise.resolve([
        answer === 'unreachable'
          ? { kind: 'unreachable', pod, detail: 'connection refused on port 8000' }
          : {
              ...{ kind: 'answer', pod, status: Number(answer), truncated: false },
              body: '{"status":"healthy"}',
            },
      ]);
    },
  };
}

test('a wrong answer that is right when asked again costs nothing', async () => {
  const blip = answering((round) => (round === 1 ? 503 : 200));
  const { report } = await runBake({ cluster: blip, service: checked(health), seconds: 3 });
  expect(report.verdict).toBe('pass');
});

test('what has turned wrong by the end is noticed, and confirmed', async () => {
  const turning = answering((round) => (round === 1 ? 200 : 503));
  const { report } = await runBake({
    cluster: turning,
    service: checked(health),
    seconds: 1,
  });
  expect(report).toMatchObject({ verdict: 'fail', stopNow: true });
  expect(turning.asked).toEqual(['/health', '/health patiently', '/health patiently']);
});

test('a pod that does not answer leaves the bake open, and is asked patiently at its end', async () => {
  const silent = answering(() => 'unreachable');
  const { report } = await runBake({ cluster: silent, service: checked(health), seconds: 1 });
  expect(report).toMatchObject({ verdict: 'inconclusive', stopNow: false });
  expect(report.summary).toMatch(/health: 0\/1 pods .*connection refused on port 8000/);
  expect(silent.asked).toEqual(['/health', '/health patiently']);
});

test('an endpoint whose lack only warns is told and passes', async () => {
  const lacking = answering((_round, path) => (path === '/health/db' ? 404 : 200));
  const warned = { ...database, whenUnsupported: 'warn' } as const;
  const { report } = await runBake({ cluster: lacking, service: checked(warned), seconds: 0 });
  expect(report.verdict).toBe('pass');
});

test('an API server that is away leaves the bake open; a missing right ends it', async () => {
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const gone: AnalysisCluster = { ...calmCluster, askPods: () => Promise.reject(away) };
  const { report } = await runBake({ cluster: gone, service: checked(health), seconds: 0 });
  expect(report.verdict).toBe('inconclusive');
  expect(report.summary).toMatch(/health: not known: .*ECONNREFUSED/);
  const refusal = Object.assign(new Error('forbidden'), { statusCode: 403 });
  const refused: AnalysisCluster = { ...calmCluster, askPods: () => Promise.reject(refusal) };
  await expect(runBake({ cluster: refused, service: checked(health), seconds: 0 })).rejects.toThrow();
});
