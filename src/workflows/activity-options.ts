/** One named policy per kind of call. Every activity heartbeats, so a dead worker is noticed in seconds. */
import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { AnalysisActivities } from '../activities/analysis/types.ts';
import type { ChecklistActivities } from '../activities/checklist/types.ts';
import type { ConfigurationActivities } from '../activities/configuration/types.ts';
import type { DiagnosisActivities } from '../activities/diagnosis/types.ts';
import type { HelmActivities } from '../activities/helm/types.ts';
import type { IncidentActivities } from '../activities/incidents/types.ts';
import type {
  DryRunActivities,
  KubernetesActivities,
  TrackActivities,
  TrafficActivities,
} from '../activities/kubernetes/types.ts';
import type { RollbackActivities } from '../activities/kubernetes/rollback-types.ts';
import type { PagingActivities } from '../activities/paging/types.ts';
import type { SlackActivities } from '../activities/slack/types.ts';
import type { SmokeActivities } from '../activities/smoke/types.ts';
import type { TemporalActivities } from '../activities/temporal/types.ts';
import type { VerificationActivities } from '../activities/verification/types.ts';
import type { WindowActivities } from '../activities/windows/types.ts';
import { heartbeatTimeoutSeconds, lookUpSeconds, workerWaitSeconds } from '../domain/defaults.ts';
import { failureTypes } from '../domain/failures.ts';
import type { Target } from '../domain/target.ts';

const heartbeatTimeout = `${heartbeatTimeoutSeconds}s` as const;

/** Cancelling waits until an activity has really stopped: undoing must not overtake doing. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const lookUp: ActivityOptions = {
  startToCloseTimeout: `${lookUpSeconds}s`,
  heartbeatTimeout,
  cancellationType,
  retry: { initialInterval: '1s', maximumAttempts: 5 },
};

/** Who may not now may not in a minute either; putting things back alone has the patience to find out. */
const deniedIsFinal = { nonRetryableErrorTypes: [failureTypes.forbidden] };

/** Before anything is changed: a cluster that stays away for three minutes ends the release with a clear word. */
const look: ActivityOptions = {
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '3m',
  heartbeatTimeout,
  cancellationType,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '15s', ...deniedIsFinal },
};

const patiently = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const;

/** Mutations and waits. */
const change: ActivityOptions = {
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout,
  cancellationType,
  retry: { ...patiently, ...deniedIsFinal },
};

/**
 * Slack is told in the background, so it may take its time (it asks for pauses of up to a minute);
 * an attempt leaves room for a look-up and for the client's own 8 s.
 */
const notify: ActivityOptions = {
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '3m',
  heartbeatTimeout,
  cancellationType,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '20s' },
};

/** Room for an activity to answer for itself before Temporal ends it. */
const marginSeconds = 60;

/** A diagnosis answers in time by itself; a worker that died must not hold up what is to be put back. */
const diagnosisMarginSeconds = 5;

/** Activities on the control task queue (the workflow's own). */
export const configuration = proxyActivities<ConfigurationActivities>(lookUp);
export const temporal = proxyActivities<TemporalActivities>(lookUp);
export const windows = proxyActivities<WindowActivities>(lookUp);
/** Ends when the other workflow does, which may take as long as its cluster is away. */
export const ending = proxyActivities<TemporalActivities>({
  ...lookUp,
  startToCloseTimeout: '1d',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
});
/** Systems that can tell what is done; one that is away is an answer, too. */
export const checklist = proxyActivities<ChecklistActivities>(look);
export const slack = proxyActivities<SlackActivities>(notify);

/** What must be heard or written down in the end, however long a vendor is away. */
const persist: ActivityOptions = {
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '3d',
  heartbeatTimeout,
  cancellationType,
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '10m' },
};
export const incidents = proxyActivities<IncidentActivities>(persist);
/** `bounded`: while a release waits for it. `round`: one of many. */
export function paging(patience: 'bounded' | 'round') {
  return proxyActivities<PagingActivities>({
    ...notify,
    scheduleToCloseTimeout: patience === 'round' ? '1m' : '30s',
  });
}

/**
 * Activities on the target environment's own task queue. `endless` patience is for putting things
 * back: a cluster that is away is tried again until it answers, with growing pauses, and one that
 * denies what it allowed in pre-flight for a few minutes (`outlastsDenial`). `brief` is for what only
 * looks: there has to be a worker now.
 */
export function clusterActivities(target: Target, patience: 'brief' | 'bounded' | 'endless') {
  const { helmSeconds, rolloutSeconds, verificationSeconds } = target.service.timeouts;
  const base: ActivityOptions = {
    ...change,
    ...(patience === 'endless' ? { scheduleToCloseTimeout: undefined, retry: patiently } : {}),
    taskQueue: target.environment.taskQueue,
  };
  const lasting = (seconds: number): ActivityOptions => ({
    ...base,
    startToCloseTimeout: `${seconds + marginSeconds}s`,
    // Two lives: a wait whose worker dies late still gets its time on the next one.
    ...(patience === 'endless' ? {} : { scheduleToCloseTimeout: `${2 * (seconds + marginSeconds)}s` }),
    ...(patience === 'brief' ? { scheduleToStartTimeout: `${workerWaitSeconds}s` } : {}),
  });
  return {
    /** For waits that count the time themselves. */
    time: patience === 'endless' ? ({ isReturn: true } as const) : {},
    look: proxyActivities<KubernetesActivities & RollbackActivities & DryRunActivities>({
      ...look,
      scheduleToStartTimeout: `${workerWaitSeconds}s`,
      taskQueue: target.environment.taskQueue,
    }),
    change: proxyActivities<KubernetesActivities & RollbackActivities>(base),
    rollout: proxyActivities<KubernetesActivities>(lasting(rolloutSeconds)),
    tracks: proxyActivities<TrackActivities>(lasting(rolloutSeconds)),
    traffic: proxyActivities<TrafficActivities>(lasting(rolloutSeconds)),
    // Its last look may take a minute past the end of the bake.
    analysis: (seconds: number) => proxyActivities<AnalysisActivities>(lasting(seconds + marginSeconds)),
    smoke: (seconds: number) => proxyActivities<SmokeActivities>(lasting(seconds)),
    helm: proxyActivities<HelmActivities>(lasting(helmSeconds)),
    verification: proxyActivities<VerificationActivities>(lasting(verificationSeconds)),
    // Nobody waits longer for words than they were promised for.
    diagnosis: (seconds: number) =>
      proxyActivities<DiagnosisActivities>({
        ...base,
        startToCloseTimeout: `${seconds + diagnosisMarginSeconds}s`,
        scheduleToCloseTimeout: `${seconds + diagnosisMarginSeconds}s`,
        scheduleToStartTimeout: `${Math.min(seconds, workerWaitSeconds)}s`,
      }),
  };
}

export type ClusterActivities = ReturnType<typeof clusterActivities>;
