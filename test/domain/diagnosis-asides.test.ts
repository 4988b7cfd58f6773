/** What slows or disturbs a rollout does not hide a container that fails, and stands before what is not done yet. */
import { expect, test } from '@jest/globals';
import { diagnose } from '../../src/domain/diagnosis-report.ts';
import type { DiagnosisRuleId } from '../../src/domain/diagnosis-rules.ts';
import type { DiagnosisObservation } from '../../src/domain/diagnosis-observation.ts';
import type { ContainerObservation } from '../../src/domain/rollout-observation.ts';
import { aPod, ended, now, seconds, seen, waits, workload } from './diagnosis-observations.ts';
import { pendingCases } from './diagnosis-pending-cases.ts';
import { runningCases } from './diagnosis-running-cases.ts';

function rulesIn(observation: DiagnosisObservation): readonly string[] {
  return diagnose(observation).findings.map(({ rule }) => rule);
}

/** One more pod, in such trouble. */
function withAPod(
  seenSoFar: DiagnosisObservation,
  name: string,
  container: Partial<ContainerObservation>,
): DiagnosisObservation {
  const pod = aPod(9, {}, container);
  const pods = [
    ...seenSoFar.rollout.pods,
    { ...pod, containers: pod.containers.map((each) => ({ ...each, name })) },
  ];
  return { ...seenSoFar, rollout: { ...seenSoFar.rollout, pods } };
}

const asides = (
  [
    ...['surge-zero', 'min-ready-seconds', 'quota-throttles', 'terminating-slowly', 'controller-behind'],
    ...['image-pulling-slowly', 'pod-evicted', 'pod-preempted', 'pod-disrupted'],
  ] as const
).map((id) => ({ aside: id, hit: { ...runningCases, ...pendingCases }[id].hit }));

const symptoms: readonly {
  readonly symptom: DiagnosisRuleId;
  readonly add: (to: DiagnosisObservation) => DiagnosisObservation;
}[] = [
  { symptom: 'application-error', add: (to) => withAPod(to, 'shop', ended(1)) },
  { symptom: 'segmentation-fault', add: (to) => withAPod(to, 'shop', ended(139)) },
  { symptom: 'killed-by-signal', add: (to) => withAPod(to, 'shop', ended(143)) },
  { symptom: 'exits-successfully', add: (to) => withAPod(to, 'shop', ended(0, 'Completed')) },
  { symptom: 'crash-loop-back-off', add: (to) => withAPod(to, 'shop', waits('CrashLoopBackOff')) },
  {
    symptom: 'image-pull-failing',
    add: (to) => withAPod(to, 'shop', waits('ImagePullBackOff', 'something new')),
  },
  {
    symptom: 'init-container-failing',
    add: (to) => {
      const its = to.workload ?? workload();
      const prepare = workload({}, { name: 'prepare', isInit: true }).containers;
      const containersToo = { ...its, containers: [...prepare, ...its.containers] };
      return withAPod({ ...to, workload: containersToo }, 'prepare', ended(3));
    },
  },
  {
    symptom: 'check-failing',
    add: (to) => ({
      ...to,
      checks: {
        state: 'seen',
        value: [
          { name: 'health', asked: 'GET :8000/health', pods: 3, failed: [{ pod: 'shop-1', detail: '503' }] },
        ],
      },
    }),
  },
  {
    symptom: 'readiness-failing',
    add: (to) => {
      const late = { initialDelaySeconds: 0, timeoutSeconds: 1, periodSeconds: 5, failureThreshold: 3 };
      return withAPod(to, 'shop', { running: { startedAt: now - 600 * seconds }, readiness: late });
    },
  },
];

const both = asides.flatMap(({ aside, hit }) => symptoms.map((each) => ({ aside, hit, ...each })));

test.each(both)('$symptom stands before $aside, which is told too', ({ aside, hit, symptom, add }) => {
  const told = rulesIn(add(hit));
  expect(told[0]).toBe(symptom);
  expect(told).toContain(aside);
});

test.each(asides)('$aside stands before pods that are merely not done yet', ({ aside, hit }) => {
  const young = { initialDelaySeconds: 0, timeoutSeconds: 1, periodSeconds: 5, failureThreshold: 30 };
  const starting = { running: { startedAt: now - 3 * seconds }, readiness: young };
  const pod = withAPod(hit, 'shop', starting);
  const told = rulesIn({ ...pod, service: withoutEndpoints() });
  expect(told[0]).toBe(aside);
  expect(told).toContain('still-starting');
  expect(told).not.toContain('no-ready-endpoints');
});

function withoutEndpoints(): NonNullable<DiagnosisObservation['service']> {
  const { service } = seen();
  if (service?.state !== 'seen') throw new Error('the observation has a Service');
  return { ...service, value: { ...service.value, readyEndpoints: 0 } };
}
