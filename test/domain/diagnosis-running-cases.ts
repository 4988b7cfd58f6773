import type { FailedJudgement } from '../../src/domain/diagnosis-failure.ts';
import type {
  CheckFact,
  ContainerFacts,
  DiagnosisObservation,
  ProbeFacts,
} from '../../src/domain/diagnosis-observation.ts';
import type { DeploymentObservation, RolloutObservation } from '../../src/domain/rollout-observation.ts';
import {
  aPod,
  answer,
  containers,
  crashedWith,
  ended,
  events,
  log,
  now,
  readinessProbe,
  seconds,
  seen,
  unready,
  waits,
  workload,
  type Case,
} from './diagnosis-observations.ts';

const startError = (message: string): DiagnosisObservation => containers(ended(128, 'StartError', message));
const oomThenWell = (readyFor: number): DiagnosisObservation =>
  containers({
    ready: true,
    restarts: 1,
    running: { startedAt: now - readyFor * seconds },
    lastTermination: { reason: 'OOMKilled', exitCode: 137, message: '' },
  });

const start = {
  'exec-format-error': {
    hit: containers(ended(1), { logs: [log('exec /shop: exec format error')] }),
    miss: startError('exec: "/shop": executable file not found in $PATH'),
  },
  'command-not-found': {
    hit: startError('exec: "/shop": executable file not found in $PATH'),
    miss: startError('exec: "/shop": permission denied'),
  },
  'command-not-executable': {
    hit: containers(ended(126)),
    miss: containers(ended(127)),
  },
  'container-cannot-run': {
    hit: startError('error setting cgroup config: invalid argument'),
    miss: startError('exec: "/shop": permission denied'),
  },
  'out-of-memory': { hit: containers(ended(137, 'OOMKilled')), miss: oomThenWell(7_200) },
} satisfies Record<string, Case>;

const liveness: ProbeFacts = {
  ...readinessProbe,
  kind: 'liveness',
  http: { path: '/live', scheme: 'HTTP' },
};
const startup: ProbeFacts = { ...readinessProbe, kind: 'startup' };
const killing = (kind: string) =>
  events({ reason: 'Killing', message: `Container shop failed ${kind} probe, will be restarted` });
const probed = (probe: ProbeFacts, kind: string): DiagnosisObservation =>
  containers(ended(137), { workload: workload({}, { probes: [probe] }), events: killing(kind) });

const kills = {
  'startup-probe-kills': { hit: probed(startup, 'startup'), miss: probed(liveness, 'liveness') },
  'liveness-probe-kills': {
    hit: probed(liveness, 'liveness'),
    // Killed for memory, and its probe failed on the way.
    miss: containers(ended(137, 'OOMKilled'), {
      workload: workload({}, { probes: [liveness] }),
      events: killing('liveness'),
    }),
  },
} satisfies Record<string, Case>;

const refusedByDatabase = 'FATAL: connection to postgres://db:5432 failed: connection refused';

const logs = {
  'database-login-refused': {
    hit: crashedWith('FATAL: password authentication failed for user "shop"'),
    miss: crashedWith(refusedByDatabase),
  },
  'database-unreachable': {
    hit: crashedWith(refusedByDatabase, 'ERROR migration aborted'),
    miss: crashedWith('ERROR dial tcp 10.0.0.7:9000: connection refused'),
  },
  'migration-failed': {
    hit: crashedWith('ERROR: relation "orders" does not exist'),
    miss: crashedWith('INFO migrations done: 12', 'ERROR out of ideas'),
  },
  'certificate-refused': {
    hit: crashedWith('Error: x509: certificate signed by unknown authority'),
    miss: crashedWith('INFO certificate loaded', 'ERROR out of ideas'),
  },
  'heap-exhausted': {
    hit: crashedWith('java.lang.OutOfMemoryError: Java heap space'),
    miss: crashedWith('ERROR out of ideas'),
  },
  'disk-full': {
    hit: crashedWith('Error: write /data/a: no space left on device'),
    miss: crashedWith('INFO disk is 40 % full', 'ERROR out of ideas'),
  },
  'port-in-use': {
    hit: crashedWith('Error: listen EADDRINUSE: address already in use :::8000'),
    miss: crashedWith('INFO listening on port 8000', 'ERROR out of ideas'),
  },
  'library-missing': {
    hit: crashedWith("Error: Cannot find module 'express'"),
    miss: crashedWith('INFO modules loaded', 'ERROR out of ideas'),
  },
  'permission-denied': {
    hit: crashedWith('Error: open /data/a: permission denied'),
    miss: crashedWith('INFO permissions checked', 'ERROR out of ideas'),
  },
  'configuration-rejected': {
    hit: crashedWith('ERROR missing required environment variable PAYMENT_URL'),
    miss: crashedWith('INFO configuration loaded', 'ERROR out of ideas'),
  },
  'dependency-unreachable': {
    hit: crashedWith('ERROR dial tcp 10.0.0.7:9000: connection refused'),
    // It gave up for another reason after a connection that was lost and found again.
    miss: crashedWith('ERROR password authentication failed for user "shop"', 'connection refused'),
  },
} satisfies Record<string, Case>;

const initFails = (isInit: boolean): DiagnosisObservation =>
  seen(
    {
      workload: workload({ containers: [{ ...theContainer(), name: 'prepare', isInit }, theContainer()] }),
    },
    {
      pods: [
        {
          ...aPod(1),
          containers: [
            { name: 'prepare', ready: false, ...ended(3), restarts: 2 },
            { name: 'shop', ready: false, restarts: 0, ...waits('PodInitializing') },
          ],
        },
      ],
      deployment: { available: 2 },
    },
  );

const exits = {
  'init-container-failing': { hit: initFails(true), miss: initFails(false) },
  'application-error': { hit: crashedWith('ERROR out of ideas'), miss: crashedWith(refusedByDatabase) },
  'segmentation-fault': { hit: containers(ended(139)), miss: containers(ended(137)) },
  'killed-by-signal': { hit: containers(ended(143)), miss: containers(ended(137, 'OOMKilled')) },
  'exits-successfully': { hit: containers(ended(0, 'Completed')), miss: containers(ended(1)) },
} satisfies Record<string, Case>;

const answered = (
  parts: Parameters<typeof answer>[0],
  ...others: readonly Parameters<typeof answer>[0][]
): DiagnosisObservation => unready({ answers: [parts, ...others].map((each) => answer(each)) });
const refusedPort = { detail: 'connection refused on port 8000' };
const https: ProbeFacts = { ...readinessProbe, http: { path: '/ready', scheme: 'HTTPS' } };
const exec = (message: string): DiagnosisObservation => {
  const { port: _port, http: _http, ...rest } = readinessProbe;
  const complaint =
    message === '' ? [] : [{ reason: 'Unhealthy', message: `Readiness probe failed: ${message}` }];
  return unready({
    workload: workload({}, { probes: [{ ...rest, words: 'exec [cat /tmp/ok]' }] }),
    events: events(...complaint),
  });
};
const gate = (reason: string): DiagnosisObservation =>
  seen(
    {},
    {
      pods: [
        aPod(
          1,
          { ready: { status: 'False', reason, message: 'gate "lb" is not true', since: now } },
          { ready: true },
        ),
      ],
    },
  );

const failing = (failed: CheckFact['failed']): DiagnosisObservation =>
  seen({
    container: 'shop',
    checks: {
      state: 'seen',
      value:
        failed.length === 0 ? [] : [{ name: 'health endpoint', asked: 'GET :8000/health', pods: 3, failed }],
    },
  });

const probes = {
  'probe-port-unknown': {
    hit: unready({ workload: workload({}, { probes: [{ ...readinessProbe, port: { written: 'web' } }] }) }),
    miss: answered({ status: 503 }),
  },
  'probe-wrong-scheme': {
    hit: unready({
      workload: workload({}, { probes: [https] }),
      answers: [answer({ asked: 'plain', status: 200 })],
    }),
    miss: unready({
      workload: workload({}, { probes: [https] }),
      answers: [answer({ asked: 'plain', status: 400 })],
    }),
  },
  'probe-wrong-port': {
    hit: answered(refusedPort, { asked: 'neighbour', port: 9090, status: 200 }),
    miss: answered(refusedPort, { asked: 'neighbour', port: 9090, status: 404 }),
  },
  'probe-wrong-path': { hit: answered({ status: 404 }), miss: answered({ status: 503 }) },
  'probe-unauthorized': { hit: answered({ status: 401 }), miss: answered({ status: 503 }) },
  'probe-error-answer': { hit: answered({ status: 503 }), miss: answered({ status: 404 }) },
  'probe-refused': { hit: answered(refusedPort), miss: answered({ status: 503 }) },
  'probe-too-slow': {
    hit: answered({ detail: 'no answer within 2 s', milliseconds: 2_000 }),
    miss: answered({ status: 200, milliseconds: 30 }),
  },
  'probe-command-failing': { hit: exec('cat: no such file'), miss: exec('') },
  'check-failing': {
    hit: failing([{ pod: 'shop-1', detail: '200 {"status":"unhealthy"}' }]),
    miss: failing([]),
  },
  'readiness-gate-unmet': { hit: gate('ReadinessGatesNotReady'), miss: gate('ContainersNotReady') },
  'still-starting': { hit: unready({}, 3), miss: unready() },
  'readiness-failing': { hit: answered({ status: 200 }), miss: answered({ status: 503 }) },
} satisfies Record<string, Case>;

const judged = (parts: Partial<FailedJudgement>): DiagnosisObservation =>
  seen({
    container: 'shop',
    failure: {
      summary: 'the analysis of shop-server: not well',
      judged: [
        {
          by: 'analysis',
          name: 'error ratio',
          verdict: 'fail',
          detail: 'error ratio 12/240 (5 %) against 3/2200 (0.1 %) on stable',
          evidence: [],
          ...parts,
        },
      ],
    },
  });
const health = { by: 'check', name: 'health', detail: '9/10 pods gave the expected answer' } as const;
const stillFailing: DiagnosisObservation = {
  ...judged(health),
  checks: {
    state: 'seen',
    value: [
      { name: 'health', asked: 'GET :8000/health', pods: 3, failed: [{ pod: 'shop-1', detail: '503' }] },
    ],
  },
};

const judgements = {
  'check-failed': { hit: judged(health), miss: stillFailing },
  'alert-firing': {
    hit: judged({ by: 'alerts', name: 'alerts', detail: '1 alert began: HighErrorRate (critical)' }),
    miss: judged(health),
  },
  'analysis-failed': { hit: judged({}), miss: judged(health) },
} satisfies Record<string, Case>;

const service = (parts: object): DiagnosisObservation => {
  const { service: its } = seen();
  const value = its?.state === 'seen' ? its.value : undefined;
  if (value === undefined) throw new Error('the observation has a Service');
  return seen({ service: { state: 'seen', value: { ...value, ...parts } } });
};

const traffic = {
  'service-missing': { hit: service({ exists: false }), miss: service({ readyEndpoints: 0 }) },
  'service-selects-nothing': { hit: service({ selectsPods: false }), miss: service({ readyEndpoints: 0 }) },
  'service-target-port-unknown': {
    hit: service({ unknownTargetPorts: ['80 → web'] }),
    miss: service({ readyEndpoints: 0 }),
  },
  'no-ready-endpoints': { hit: service({ readyEndpoints: 0 }), miss: service({ readyEndpoints: 1 }) },
} satisfies Record<string, Case>;

type Rollout = { readonly deployment?: Partial<DeploymentObservation> } & Partial<
  Omit<RolloutObservation, 'deployment'>
>;
const rollout = (parts: Rollout, more: Partial<DiagnosisObservation> = {}): DiagnosisObservation =>
  seen(more, parts);
const rolling: Rollout = { oldPods: { live: 2, terminating: 0 }, deployment: { updated: 1, available: 2 } };
const deadline = (reason: string): DiagnosisObservation =>
  rollout({
    ...rolling,
    deployment: {
      ...rolling.deployment,
      progressing: {
        status: 'False',
        reason,
        message: 'ReplicaSet "shop-server-abc" has timed out',
        since: now,
      },
    },
  });
const ending = (secondsAgo: number): DiagnosisObservation =>
  seen({
    places: [
      {
        pod: 'shop-server-old-1',
        current: false,
        ending: { since: now - secondsAgo * seconds, graceSeconds: 30, finalizers: ['example.com/hold'] },
      },
    ],
  });
const pullingSince = (secondsAgo: number): DiagnosisObservation =>
  containers(waits('ContainerCreating'), {
    events: events({ reason: 'Pulling', message: 'Pulling image', lastAt: now - secondsAgo * seconds }),
  });
const minReady = (minReadySeconds: number): DiagnosisObservation =>
  rollout(rolling, { workload: workload({ minReadySeconds }) });
const using = (cpu: string, memory: string): DiagnosisObservation =>
  seen({
    workload: workload({}, { limits: { cpu: '1', memory: '256Mi' } }),
    usage: { state: 'seen', value: [{ pod: 'shop-server-abc-1', container: 'shop', cpu, memory }] },
  });
const onANode = (cpu: string, memory: string): DiagnosisObservation =>
  seen({
    places: [{ pod: 'shop-server-abc-1', node: 'n1', current: true }],
    nodes: {
      state: 'seen',
      value: [
        {
          ...{ name: 'n1', ready: true, unschedulable: false, pressures: [], taints: [], labels: {} },
          allocatable: { cpu: '4', memory: '8Gi' },
        },
      ],
    },
    nodeUsage: { state: 'seen', value: [{ node: 'n1', cpu, memory }] },
  });
const budget = (unschedulable: boolean): DiagnosisObservation =>
  seen({
    places: [{ pod: 'shop-server-abc-1', node: 'n1', current: true }],
    nodes: {
      state: 'seen',
      value: [
        { name: 'n1', ready: true, unschedulable, pressures: [], taints: [], labels: {}, allocatable: {} },
      ],
    },
    budgets: {
      state: 'seen',
      value: [{ name: 'shop', disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 }],
    },
  });

const slow = {
  'rollout-paused': { hit: rollout({ deployment: { paused: true } }), miss: seen() },
  'no-replicas': {
    hit: rollout({ pods: [], deployment: { desired: 0, updated: 0, total: 0, available: 0 } }),
    miss: seen(),
  },
  'template-changed': { hit: rollout({ deployment: { image: 'example/shop:3' } }), miss: seen() },
  'controller-behind': { hit: rollout({ deployment: { observedGeneration: 6 } }), miss: seen() },
  'terminating-slowly': { hit: ending(120), miss: ending(20) },
  'image-pulling-slowly': { hit: pullingSince(300), miss: pullingSince(10) },
  'min-ready-seconds': { hit: minReady(600), miss: minReady(10) },
  'surge-zero': {
    hit: rollout(rolling, { workload: workload({ maxSurge: 0, maxUnavailable: 1 }) }),
    miss: rollout(rolling),
  },
  'progress-deadline-exceeded': {
    hit: deadline('ProgressDeadlineExceeded'),
    miss: deadline('ReplicaSetUpdated'),
  },
  'memory-near-limit': { hit: using('10m', '250Mi'), miss: using('10m', '100Mi') },
  'cpu-near-limit': { hit: using('990m', '10Mi'), miss: using('500m', '10Mi') },
  'node-memory-used-up': { hit: onANode('100m', '7900Mi'), miss: onANode('100m', '4Gi') },
  'node-cpu-used-up': { hit: onANode('3900m', '1Gi'), miss: onANode('2', '1Gi') },
  'disruption-budget-blocks': { hit: budget(true), miss: budget(false) },
} satisfies Record<string, Case>;

function theContainer(): ContainerFacts {
  const [container] = workload().containers;
  if (container === undefined) throw new Error('the workload has a container');
  return container;
}

export const runningCases = {
  ...start,
  ...kills,
  ...logs,
  ...exits,
  ...probes,
  ...judgements,
  ...traffic,
  ...slow,
} satisfies Record<string, Case>;
