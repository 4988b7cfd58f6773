/** A canary that crashed in production and was put back, as its record tells it. */
import type { DiagnosisReport } from '../../src/domain/diagnosis.ts';
import { incidentOf, type IncidentFacts } from '../../src/domain/incident-of.ts';
import type { Incident, IncidentPolicy } from '../../src/domain/incident.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget } from './a-target.ts';

export const crashed: ReleaseStatus = {
  release: 'shop-4.1.1',
  service: 'shop',
  environment: 'production',
  strategy: 'canary',
  version: '4.1.1',
  requestedBy: 'ana@example.com',
  phase: 'Rolled back',
  from: 'example/shop:4.1.0',
  to: 'example/shop:4.1.1',
  replicas: 3,
  plan: 'the whole plan',
  outcome: 'rolledBack',
  reason:
    'the rollout of 4.1.1 failed: a container keeps crashing (pod shop-server-canary-7d4-x2, container shop: CrashLoopBackOff) [crash-loop-back-off]. Shop in production is back on 4.1.0.',
  steps: [
    step('Pre-flight', '10:00:00', '10:00:01', '4.1.0 → 4.1.1 by image'),
    { name: 'Announce', state: 'skipped', endedAt: at('10:00:01'), detail: 'production announces nothing' },
    // It stands before the approval in the list, and is made after it.
    step('Back up', '10:05:00', '10:05:01', 'ConfigMap fairway-backup-shop-20260203-100500'),
    step('Approve', '10:00:01', '10:05:00', 'by bo@example.com'),
    step('Prepare canary', '10:05:01', '10:05:02', 'shop-server-canary'),
    { ...step('Canary 10 %', '10:05:02', '10:07:02', 'the rollout of 4.1.1 failed: …'), state: 'failed' },
    { name: 'Verify', state: 'skipped' },
    step('Roll back', '10:07:10', '10:07:40', 'back on 4.1.0'),
  ],
  decisions: [{ at: at('10:05:00'), by: 'bo@example.com', what: 'approve' }],
  notes: ['Slack could not be told: timed out'],
};

export const diagnosis: DiagnosisReport = {
  summary: 'The container shop exits with code 1 at its start',
  findings: [
    {
      rule: 'crash-loop-back-off',
      situation: 'crashing',
      headline: 'The container shop exits with code 1 at its start',
      cause: 'The last line of its log names a missing setting.',
      remedy: 'Set DATABASE_URL in ConfigMap shop-config, and release again.',
      evidence: [{ subject: 'shop-server-canary-7d4-x2', detail: 'Error: DATABASE_URL is not set' }],
    },
  ],
  unseen: ['the cluster has no metrics API'],
};

export const policy: IncidentPolicy = {
  severity: 'SEV2',
  ticket: { owner: 'org', repository: 'ops', labels: ['incident'], assignees: ['ana'] },
  postMortem: false,
  logsUrl: 'https://logs.example.com/?q={namespace="{{namespace}}"}&from={{from}}&to={{to}}',
  metricsUrl: 'https://metrics.example.com/d/{{service}}/{{environment}}?from={{from}}&to={{to}}',
};

export function anIncident(
  change: {
    readonly status?: Partial<ReleaseStatus>;
    readonly policy?: Partial<IncidentPolicy>;
    readonly facts?: Partial<IncidentFacts>;
  } = {},
): Incident {
  const environment = {
    name: 'production',
    namespace: 'shop-prod',
    incidents: { ...policy, ...change.policy },
  };
  return incidentOf(
    { ...crashed, ...change.status },
    { ...aTarget({ environment }), temporalUi: 'https://temporal.example.com' },
    {
      key: 'shop-4.1.1/3b1c-run',
      startedAt: at('10:00:00'),
      endedAt: at('10:07:41'),
      run: { namespace: 'default', workflowId: 'target:shop:production', runId: 'run-1' },
      diagnosis,
      ...change.facts,
    },
  );
}

function step(name: string, from: string, to: string, detail: string): ReleaseStatus['steps'][number] {
  return { name, state: 'done', startedAt: at(from), endedAt: at(to), detail };
}

function at(time: string): string {
  return `2026-02-03T${time}.000Z`;
}
