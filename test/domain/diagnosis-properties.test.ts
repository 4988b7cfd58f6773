import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { diagnose } from '../../src/domain/diagnosis-report.ts';
import { diagnosisLines, diagnosisMarkdown } from '../../src/domain/diagnosis-text.ts';
import type { DiagnosisObservation } from '../../src/domain/diagnosis-observation.ts';
import type { ContainerObservation, PodObservation } from '../../src/domain/rollout-observation.ts';
import { longestSlackText, slackText } from '../../src/domain/slack-text.ts';
import { now, readinessProbe, seen, workload } from './diagnosis-observations.ts';
import { pendingCases } from './diagnosis-pending-cases.ts';
import { runningCases } from './diagnosis-running-cases.ts';

const planted = 'Pl4nt3dV4lue';

/** Ways in which a secret stands in what others write. */
const secrets = [
  `password=${planted}`,
  `postgres://shop:${planted}@db:5432/shop`,
  `Authorization: Bearer ${planted}`,
  `{"apiToken":"${planted}"}`,
  `SESSION_SECRET: ${planted}`,
  `https://${planted}@example.com/repo`,
  `shop:${planted}@tcp(db:3306)/shop`,
  `POSTGRES_PASS=${planted}`,
  `STRIPE_KEY=${planted}`,
  `invalid API key: ${planted}`,
  `refused using password ${planted}`,
];

/** What rules look for, so that random texts reach them. */
const phrases = Object.values({ ...pendingCases, ...runningCases }).flatMap(({ hit }) => textsIn(hit));

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.includes(' ') ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

const text = fc
  .array(fc.oneof(fc.constantFrom(...phrases), fc.constantFrom(...secrets), fc.string({ maxLength: 30 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join(' '));
const time = fc.integer({ min: now - 3_600_000, max: now + 1_000 });
const condition = (reasons: readonly string[]) =>
  fc.record({
    status: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
    reason: fc.constantFrom(...reasons),
    message: text,
    since: time,
  });
const end = fc.record({
  reason: fc.constantFrom('Error', 'Completed', 'OOMKilled', 'StartError', 'ContainerCannotRun'),
  exitCode: fc.constantFrom(0, 1, 2, 126, 127, 128, 134, 137, 139, 143, 255),
  message: text,
});
const timing = fc.record({
  initialDelaySeconds: fc.nat(600),
  timeoutSeconds: fc.nat(10),
  periodSeconds: fc.nat(30),
  failureThreshold: fc.nat(30),
});

function only<T extends object>(arbitrary: fc.Arbitrary<Partial<T>>): fc.Arbitrary<Partial<T>> {
  return arbitrary.map(
    (value) =>
      Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<T>,
  );
}

const waitReasons = [
  'CrashLoopBackOff',
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'ContainerCreating',
  'PodInitializing',
];

const container = only<ContainerObservation>(
  fc.record(
    {
      waiting: fc.record({ reason: fc.constantFrom(...waitReasons), message: text }),
      running: fc.record({ startedAt: time }),
      terminated: end,
      lastTermination: end,
      readiness: timing,
      startup: timing,
    },
    { requiredKeys: [] },
  ),
).chain((parts) =>
  fc
    .record({ name: fc.constantFrom('shop', 'proxy'), ready: fc.boolean(), restarts: fc.nat(20) })
    .map((base): ContainerObservation => ({ ...base, ...parts })),
);

const pod: fc.Arbitrary<PodObservation> = fc.record(
  {
    name: fc.constantFrom('shop-server-abc-1', 'shop-server-abc-2'),
    phase: fc.constantFrom('Pending', 'Running', 'Failed', 'Succeeded', 'Unknown'),
    createdAt: time,
    terminating: fc.boolean(),
    containers: fc.array(container, { maxLength: 2 }),
    reason: fc.constantFrom('Evicted', 'NodeLost'),
    message: text,
    scheduled: condition(['Unschedulable', 'SchedulerError', '']),
    ready: condition(['ContainersNotReady', 'ReadinessGatesNotReady', '']),
    disrupted: condition(['PreemptionByScheduler', 'EvictionByEvictionAPI']),
  },
  { requiredKeys: ['name', 'phase', 'createdAt', 'terminating', 'containers'] },
);

const maybeSeen = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    value.map((each) => ({ state: 'seen' as const, value: each })),
    text.map((reason) => ({ state: 'unseen' as const, reason })),
  );

const observation: fc.Arbitrary<DiagnosisObservation> = fc
  .record({
    pods: fc.array(pod, { maxLength: 4 }),
    failure: fc.option(condition(['FailedCreate']), { nil: undefined }),
    progressing: condition(['ProgressDeadlineExceeded', 'ReplicaSetUpdated']),
    counts: fc.record({ desired: fc.nat(4), updated: fc.nat(4), available: fc.nat(4), paused: fc.boolean() }),
    events: maybeSeen(
      fc.array(
        fc.record({
          object: fc.constantFrom('Pod shop-server-abc-1', 'Pod shop-server-abc-2', 'Deployment shop-server'),
          reason: fc.constantFrom(
            'Failed',
            'FailedMount',
            'Unhealthy',
            'Killing',
            'FailedCreatePodSandBox',
            'Pulling',
          ),
          message: text,
          count: fc.nat(100),
          lastAt: time,
        }),
        { maxLength: 5 },
      ),
    ),
    logs: fc.array(
      fc.record({
        pod: fc.constantFrom('shop-server-abc-1', 'shop-server-abc-2'),
        container: fc.constantFrom('shop', 'proxy'),
        previous: fc.boolean(),
        lines: fc.array(text, { maxLength: 6 }),
      }),
      { maxLength: 3 },
    ),
    answers: fc.array(
      fc.record(
        {
          pod: fc.constant('shop-server-abc-1'),
          container: fc.constant('shop'),
          probe: fc.constantFrom('readiness' as const, 'liveness' as const, 'startup' as const),
          port: fc.constantFrom(8000, 9090),
          path: fc.constantFrom('/ready', '/'),
          asked: fc.constantFrom('probe' as const, 'neighbour' as const, 'plain' as const),
          detail: text,
          milliseconds: fc.nat(5_000),
          status: fc.constantFrom(200, 301, 400, 401, 404, 500, 503),
        },
        { requiredKeys: ['pod', 'container', 'probe', 'port', 'path', 'asked', 'detail', 'milliseconds'] },
      ),
      { maxLength: 4 },
    ),
    gaps: fc.array(text, { maxLength: 2 }),
    container: fc.constant('shop'),
    failed: fc.option(
      fc.record({
        by: fc.constantFrom('check' as const, 'alerts' as const, 'analysis' as const),
        name: fc.constantFrom('health', 'errors'),
        verdict: fc.constantFrom('fail' as const, 'inconclusive' as const),
        detail: text,
        evidence: fc.array(
          fc.record({ subject: fc.constantFrom('shop-server-abc-1', 'alert'), detail: text }),
          { maxLength: 7 },
        ),
      }),
      { nil: undefined },
    ),
    hasWorkload: fc.boolean(),
  })
  .map(({ pods, failure, progressing, counts, hasWorkload, failed, ...rest }) => {
    const whole = { summary: failed?.detail ?? '', judged: failed === undefined ? [] : [failed] };
    const parts = failed === undefined ? rest : { ...rest, failure: whole };
    const base = seen(parts, {
      pods,
      newest: { name: 'shop-server-abc', ...(failure === undefined ? {} : { failure }) },
      deployment: { ...counts, progressing },
    });
    const probes = [readinessProbe, { ...readinessProbe, kind: 'liveness' as const }];
    if (hasWorkload) return { ...base, workload: workload({}, { probes }) };
    const { workload: _workload, ...others } = base;
    return others;
  });

test('whatever is seen: a report of at most ten findings, and no secret in it', () => {
  fc.assert(
    fc.property(observation, (each) => {
      const report = diagnose(each);
      expect(report.findings.length).toBeLessThanOrEqual(10);
      expect(report.summary).not.toBe('');
      for (const { headline, cause, remedy, evidence } of report.findings) {
        expect(headline.length).toBeLessThanOrEqual(220);
        expect(cause.length * remedy.length).toBeGreaterThan(0);
        expect(evidence.length).toBeLessThanOrEqual(5);
      }
      expect(JSON.stringify(report)).not.toContain(planted);
      expect(diagnosisMarkdown(report).startsWith('**')).toBe(true);
      expect(slackText(diagnosisLines(report)).length).toBeLessThanOrEqual(longestSlackText);
    }),
    { numRuns: 150 },
  );
});

test('the order of what was seen does not change what is found', () => {
  fc.assert(
    fc.property(observation, (each) => {
      const backwards = { ...each, rollout: { ...each.rollout, pods: [...each.rollout.pods].reverse() } };
      const rulesOf = (one: DiagnosisObservation) => diagnose(one).findings.map(({ rule }) => rule);
      expect(new Set(rulesOf(backwards))).toEqual(new Set(rulesOf(each)));
    }),
    { numRuns: 50 },
  );
});
