import { beforeAll, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { health, http, realCluster, rolledOut, runbookChecks, targetIn, verify } from './bench.ts';
import type { CheckSpec } from '../../../src/domain/check.ts';

const cluster = useCluster();

/** One namespace for each behaviour of the stand-in, all rolling out at once. */
const tags = [
  '4.1.0',
  '4.1.0-unhealthy',
  '4.1.0-unhealthy-503',
  '4.1.0-not-ready',
  '4.1.0-db-disconnected',
  '4.1.0-no-db-check',
  '4.1.0-api-down',
  '4.1.0-wrong-version',
  '4.1.0-noisy',
  '4.1.0-hangs',
] as const;
type Tag = (typeof tags)[number];
const namespaces = new Map<Tag, string>();

beforeAll(async () => {
  await Promise.all(
    tags.map(async (tag) => {
      const namespace = await aNamespace(cluster());
      namespaces.set(tag, namespace);
      await installWorkload(cluster(), { namespace, tag, replicas: 2 });
      await rolledOut(cluster(), namespace);
    }),
  );
});

function target(tag: Tag, checks: readonly CheckSpec[], change: Parameters<typeof targetIn>[2] = {}) {
  return targetIn(namespaces.get(tag) ?? '', checks, change);
}

const database = http({ name: 'database', path: '/health/db', expectJson: { status: 'connected' } });
const logs: CheckSpec = {
  kind: 'logs',
  name: 'logs',
  severity: 'advisory',
  pattern: 'error|exception|fatal',
  limit: 10,
  windowSeconds: 300,
};

test.concurrent('a healthy target passes every check of the runbook, on all its pods', async () => {
  const environment = new MockActivityEnvironment();
  const beats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => beats.push(details));
  const report = await verify(realCluster(cluster()), target('4.1.0', runbookChecks), {
    image: 'tensafe/server:4.1.0',
    environment,
  });
  expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(report).toMatchObject({ verdict: 'pass', warnings: [], pods: 2 });
  expect(report.summary).toBe(`${runbookChecks.length}/${runbookChecks.length} checks passed`);
  expect(beats).toEqual(runbookChecks.map(({ name }) => ({ check: name })));
});

test.concurrent.each<[Tag, string, CheckSpec, object]>([
  ['4.1.0-unhealthy', 'fails', health, { verdict: 'fail', reason: 'mismatch' }],
  ['4.1.0-unhealthy-503', 'fails', health, { verdict: 'fail', reason: 'mismatch' }],
  [
    '4.1.0-not-ready',
    'fails',
    http({ name: 'ready', path: '/ready', expectJson: { ready: true } }),
    { verdict: 'fail', reason: 'mismatch' },
  ],
  [
    '4.1.0-db-disconnected',
    'fails, whatever a missing endpoint means',
    { ...database, whenUnsupported: 'warn' },
    { verdict: 'fail', reason: 'mismatch' },
  ],
  ['4.1.0-no-db-check', 'fails as unsupported', database, { verdict: 'fail', reason: 'unsupported' }],
  [
    '4.1.0-no-db-check',
    'leaves it open where configured',
    { ...database, whenUnsupported: 'inconclusive' },
    { verdict: 'inconclusive' },
  ],
  [
    '4.1.0-no-db-check',
    'warns where configured',
    { ...database, whenUnsupported: 'warn' },
    { severity: 'advisory', reason: 'unsupported' },
  ],
  [
    '4.1.0-api-down',
    'fails',
    http({ name: 'api', path: '/v1/training' }),
    { verdict: 'fail', reason: 'mismatch' },
  ],
  [
    '4.1.0-wrong-version',
    'fails',
    {
      kind: 'image',
      name: 'version',
      severity: 'required',
      reported: { port: 8000, path: '/version', field: 'version' },
    },
    {
      verdict: 'fail',
      reason: 'mismatch',
      summary: expect.stringMatching(/reports version 0\.0\.1, expected/),
    },
  ],
  [
    '4.1.0-hangs',
    'fails as unreachable',
    { ...health, timeoutSeconds: 0.5 },
    { verdict: 'fail', reason: 'unreachable' },
  ],
])('%s %s', async (tag, _outcome, spec, expected) => {
  const report = await verify(realCluster(cluster()), target(tag, [spec]));
  expect(report.checks[0]).toMatchObject(expected);
  expect(report.checks[0]?.evidence.length).toBeGreaterThanOrEqual(2);
});

test.concurrent(
  'error lines above the limit warn, or fail where the check is required, with a sample',
  async () => {
    const advisory = await verify(realCluster(cluster()), target('4.1.0-noisy', [health, logs]));
    expect(advisory).toMatchObject({ verdict: 'pass', warnings: ['logs'] });
    expect(advisory.checks[1]).toMatchObject({ verdict: 'fail', reason: 'aboveLimit' });
    expect(advisory.checks[1]?.summary).toMatch(
      /^80 matching lines over 2 pods in the last 300 s, more than 10$/,
    );
    expect(advisory.checks[1]?.evidence[0]?.detail).toMatch(/ERROR cannot reach the key store/);
    const required = await verify(
      realCluster(cluster()),
      target('4.1.0-noisy', [{ ...logs, severity: 'required' }]),
    );
    expect(required.verdict).toBe('fail');
  },
);

test.concurrent('an image that is not the expected one fails on every pod', async () => {
  const check: CheckSpec = { kind: 'image', name: 'version', severity: 'required' };
  const report = await verify(realCluster(cluster()), target('4.1.0', [check]), {
    image: 'tensafe/server:4.2.0',
  });
  expect(report.checks[0]).toMatchObject({ verdict: 'fail', reason: 'mismatch' });
  expect(report.checks[0]?.summary).toMatch(
    /^0\/2 pods run tensafe\/server:4\.2\.0; tensafe-server-\S+: runs/,
  );
});

test.concurrent('a HEAD request gets its status too', async () => {
  const report = await verify(
    realCluster(cluster()),
    target('4.1.0', [http({ name: 'head', path: '/health', method: 'HEAD' })]),
  );
  expect(report.verdict).toBe('pass');
});

test.concurrent('the container itself can be asked, with curl and without a shell', async () => {
  const checks = [
    health,
    database,
    http({ name: 'nothing', path: '/nothing?$(id)&x=`id`', whenUnsupported: 'warn' }),
  ];
  const report = await verify(realCluster(cluster()), target('4.1.0', checks, { reach: 'exec' }));
  expect(report).toMatchObject({ verdict: 'pass', warnings: ['nothing'] });
  const unhealthy = await verify(
    realCluster(cluster()),
    target('4.1.0-unhealthy-503', [health], { reach: 'exec' }),
  );
  expect(unhealthy.checks[0]).toMatchObject({ verdict: 'fail', reason: 'mismatch' });
  const hanging = { ...health, timeoutSeconds: 1 };
  const silent = await verify(realCluster(cluster()), target('4.1.0-hangs', [hanging], { reach: 'exec' }));
  expect(silent.checks[0]).toMatchObject({ verdict: 'fail', reason: 'unreachable' });
});

test.concurrent('when the time is over, the checks that are left say so', async () => {
  const slow = { ...health, timeoutSeconds: 30 };
  const report = await verify(
    realCluster(cluster()),
    target('4.1.0-hangs', [slow, database], { seconds: 1 }),
  );
  expect(report.verdict).toBe('inconclusive');
  expect(report.checks.map(({ summary }) => summary)).toEqual([
    'not checked: the time for the verification, 1 s, was over',
    'not checked: the time for the verification, 1 s, was over',
  ]);
});

test.concurrent('a cancelled verification ends at once', async () => {
  const environment = new MockActivityEnvironment();
  environment.on('heartbeat', () => {
    setTimeout(() => {
      environment.cancel();
    }, 300);
  });
  const slow = { ...health, timeoutSeconds: 150 };
  const from = performance.now();
  await expect(
    verify(realCluster(cluster()), target('4.1.0-hangs', [slow]), { environment }),
  ).rejects.toMatchObject({ name: 'CancelledFailure' });
  expect(performance.now() - from).toBeLessThan(100_000);
});

test.concurrent('a Deployment that does not exist is not found', async () => {
  const wrong = target('4.1.0', [health]);
  const missing = { ...wrong, service: { ...wrong.service, deployment: 'nobody' } };
  await expect(verify(realCluster(cluster()), missing)).rejects.toMatchObject({
    type: 'NotFound',
    nonRetryable: true,
  });
});
