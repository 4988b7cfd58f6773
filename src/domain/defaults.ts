/** Every limit and default of the domain, with its unit and its reason. */
import type { AnalysisSpec } from './analysis.ts';
import type { BlueGreenOptions, CanaryOptions } from './strategy-options.ts';

/** A lead shorter than this cannot make a pre-flight stale (seconds). */
export const recheckAfterSeconds = 60;

/** Backups kept per service; the runbook kept all in /tmp until the machine went. */
export const backupsKept = 10;

/** The server refuses current details over 20,000 bytes; the rest is room for the note on what was cut. */
export const maxDetailsBytes = 19_000;

/** Static summaries may hold 400 bytes. */
export const maxSummaryBytes = 400;

/** The server cuts a failure's text at 4 KiB; a cut in our own words keeps the remedy. */
export const maxFailureText = 3_500;

/** Steps of a canary at most: histories stay small, and more shares than these are not told apart. */
export const maxCanarySteps = 20;

/** A bake or a monitoring longer than this (hours) is a release that was forgotten. */
export const maxBakeHours = 24;

/** The runbook watches the first step 15 to 30 minutes and the others 15 (seconds). */
export const defaultBakeSeconds = 15 * 60;

/** At 100 % each new pod carries its full load for the first time: the runbook's shortest watch (seconds). */
export const defaultFullBakeSeconds = 5 * 60;

/** A bake that was paused is watched for that long at least afterwards, or as a whole: fewer data say nothing. */
export const leastBakeAfterPauseSeconds = 5 * 60;

/** The runbook's steps, in percent. */
export const defaultCanary: CanaryOptions = {
  steps: [10, 30, 50, 100].map((weight) => ({ weight, bakeSeconds: bakeSecondsOf(weight), gate: false })),
};

/** How long a step is watched that says nothing of it (seconds). */
export function bakeSecondsOf(weight: number): number {
  return weight === 100 ? defaultFullBakeSeconds : defaultBakeSeconds;
}

/**
 * The runbook monitors 5 to 10 minutes after the switch: the longer, because all traffic moved at once.
 * Blue's pods stay 30 seconds without traffic: so long kube-proxy may take to hear of it on every node.
 */
export const defaultBlueGreen: BlueGreenOptions = {
  smokeTests: [],
  gate: false,
  monitorSeconds: 10 * 60,
  keepSeconds: 30,
};

/** Less than kube-proxy needs would drop requests (seconds). */
export const minKeepSeconds = 30;

/**
 * A first step may take this many times the share that was asked for, for want of replicas (10 % of two
 * pods is 50 %). Beyond, whoever asked counted on far less exposure than there would be.
 */
export const maxFirstWeightFactor = 5;

/** What the pods themselves show: a restart is a symptom, and ten error lines are what the runbook warns at. */
export const defaultAnalysis: AnalysisSpec = {
  metrics: [],
  maxRestarts: 0,
  errorLogs: { pattern: 'error|exception|fatal', limit: 10 },
  whenInconclusive: 'ask',
};

/** How much worse than stable a metric may be: 25 %, past which a difference is worth a person's look. */
export const defaultTolerance = 0.25;

/** Fewer events than this say little of a ratio: one failure alone would be over 2 %. */
export const defaultMinimumEvents = 50;

/** Fewer samples than this, and the rank test's normal approximation does not hold. */
export const defaultMinimumSamples = 20;

/** People who are asked today may answer tomorrow. */
export const defaultApprovalExpirySeconds = 24 * 3_600;

/** People who must supply something have a day for it (seconds). */
export const defaultChecklistExpirySeconds = 24 * 3_600;

/** Systems are asked again for what was missing after this, then after twice as long each time (seconds). */
export const firstChecklistPauseSeconds = 60;

/** …up to this: soon enough for people, and rare enough for a day of waiting (seconds). */
export const longestChecklistPauseSeconds = 15 * 60;

/** Messages that could not be followed are kept as notes, so many at most: the status travels with every report. */
export const maxMessageNotes = 30;

/** Answers to messages that were passed on: so many can be on their way at once. */
export const maxAnswers = 10;

/** A worker's clock may be behind the server's: a window that is about to open is not asked about at once (seconds). */
export const minWindowWaitSeconds = 1;

/** A freeze may be lifted or prolonged in the file: a release that waits for its end looks again each day (seconds). */
export const maxWindowWaitSeconds = 24 * 3_600;

/** A release that another environment does not let go: how long those who may override that are waited for. */
export const promotionOverrideSeconds = 3_600;

/** A failed release is looked at for at most this long before it is put back: users see its failure meanwhile (seconds). */
export const failureDiagnosisSeconds = 10;

/** Workers heartbeat every 2 s; five missed ones mean that the worker is gone (seconds). */
export const heartbeatTimeoutSeconds = 10;

/** Reads of the worker's own configuration and of Temporal: quick, or wrong (seconds). */
export const lookUpSeconds = 10;

/** A worker that is being replaced is back by then; one that is not there is said so soon, before anything is changed (seconds). */
export const workerWaitSeconds = 60;

/**
 * Putting back that takes longer than this, and than a rollout of the service may take, wakes whoever is on call. It
 * takes seconds to a few minutes where the cluster answers; users may see the failed version meanwhile (seconds).
 */
export const stuckReturnSeconds = 5 * 60;

/** What is done about a failure by then is in the release's own result; the rest goes on without holding the target (seconds). */
export const incidentPatienceSeconds = 30;

/** One message to Slack, and all of the last ones together, get so long: Slack asks for pauses of up to a minute (seconds). */
export const lastWordsSeconds = 3 * 60;

/** Once Slack has been away for a whole message, each further one gets this: one attempt (seconds). */
export const slackAwaySeconds = 10;

/** A page, or the end of one, that the vendor does not take is tried for so long (seconds). */
export const pagingPatienceSeconds = 3 * 24 * 3_600;

/** Between two rounds of attempts at a page, each of which asks whether it is still true: PagerDuty's own limit is per minute (seconds). */
export const firstPagingPauseSeconds = 60;

/** …then twice as long each time, up to this: an outage of hours costs few attempts (seconds). */
export const pagingPauseSeconds = 10 * 60;

/** Somebody who asks for a diagnosis has more patience (seconds). */
export const diagnosisSeconds = 30;
