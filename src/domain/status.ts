/**
 * What a release is doing, as one readable object: the answer of the `status` query, the source
 * of the details in the Temporal UI, and (finished) the result. Changed only by the functions here.
 */
import type { AnalysisReport } from './analysis.ts';
import type { ApprovalRound } from './approval.ts';
import type { VerificationReport } from './check.ts';
import type { ChecklistFinding } from './checklist.ts';
import { maxAnswers } from './defaults.ts';
import type { DiagnosisReport } from './diagnosis.ts';
import type { PromotedImage } from './promotion.ts';
import type { Gate } from './search-attributes.ts';

export type StepState = 'waiting' | 'running' | 'done' | 'failed' | 'skipped';

export interface StepStatus {
  readonly name: string;
  readonly state: StepState;
  /** ISO 8601. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** One line: what came of it. */
  readonly detail?: string;
}

export type Outcome =
  | 'released'
  | 'passed'
  | 'diagnosed'
  | 'recorded'
  | 'unchanged'
  | 'planned'
  | 'rolledBack'
  | 'rollbackFailed'
  | 'refused'
  | 'aborted'
  | 'failed';

export interface ReleaseStatus {
  /** Workflow ID that the person chose. */
  readonly release: string;
  readonly service: string;
  readonly environment: string;
  readonly strategy: string;
  readonly version: string;
  readonly requestedBy?: string;
  /** What is happening, in a few words. */
  readonly phase: string;
  readonly from?: string;
  readonly to?: string;
  readonly replicas?: number;
  readonly steps: readonly StepStatus[];
  /** What happens after the running step, or what a person can do. */
  readonly next?: string;
  /** The last verification, and the version that it looked at. */
  readonly verification?: VerificationReport;
  readonly verifiedVersion?: string;
  /** What is going to be done, as text. */
  readonly plan?: string;
  /** Only the plan was asked for. */
  readonly dryRun?: true;
  /** What the environment that comes before verified under this version, where its digest is known. */
  readonly promoted?: PromotedImage;
  /** Where the traffic goes, while two tracks share it. */
  readonly weight?: WeightStatus;
  /** The last comparison of the two tracks. */
  readonly analysis?: AnalysisReport;
  /** Why the target was not well, as seen before anything was put back. */
  readonly diagnosis?: DiagnosisReport;
  /** Why it could not be put back. */
  readonly returnDiagnosis?: DiagnosisReport;
  /** SHA-256 of the plan, in hexadecimal: what is approved. */
  readonly planDigest?: string;
  /** The question to people that is open, or was answered last. */
  readonly approval?: ApprovalRound;
  readonly checklist?: readonly ChecklistFinding[];
  /** A wait with a known end, for example an announced lead or a freeze; over when its step is. */
  readonly waitingFor?: Wait;
  /** Where it stands until people or a window let it go on. */
  readonly gate?: Gate;
  /** While another release holds the target. */
  readonly queue?: QueueStatus;
  /** What people decided, in order. */
  readonly decisions?: readonly Decision[];
  /** To messages that another workflow passed on; the last few. */
  readonly answers?: readonly MessageAnswer[];
  /** Things worth knowing that stopped nothing, for example a Slack outage. */
  readonly notes: readonly string[];
  readonly outcome?: Outcome;
  /** Why it ended as it did, in one line. */
  readonly reason?: string;
  /** Of one that did not reach its end: whether it had begun to change the target. */
  readonly changed?: boolean;
  /** Who was woken and what was written down after it went wrong. */
  readonly incident?: IncidentStatus;
  /** Where the work is done, when it is another workflow. */
  readonly runsIn?: { readonly workflowId: string; readonly runId: string };
}

/** Requested and real: pods cannot be halved. */
export interface WeightStatus {
  /** Percent. */
  readonly requested: number;
  readonly actual: number;
  readonly stable: number;
  readonly track: number;
}

export interface Wait {
  /** Name of the step that waits; absent: it is over with the next step that ends. */
  readonly step?: string;
  readonly what: string;
  /** ISO 8601. */
  readonly until: string;
}

export interface QueueStatus {
  /** 1 goes next. As of the last time that somebody in front ended. */
  readonly place: number;
  /** The release that it waits for: the one that holds the target, or is about to. */
  readonly behind: string;
  /** Since when it waits; ISO 8601. */
  readonly since: string;
}

export interface Decision {
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  /** The message's name: `approve`, `promote`, `abort` and so on. */
  readonly what: string;
  readonly reason?: string;
}

export interface IncidentStatus {
  /** The workflow that wakes people and writes things down, for as long as that takes. */
  readonly workflowId: string;
  /** What it has done by now, one line each, for example `ticket https://…`; also that it could wake nobody. */
  readonly done: readonly string[];
}

/** What came of a message from a person. */
export interface MessageAnswer {
  /** As whoever passed it on named it. */
  readonly id: string;
  readonly followed: boolean;
  readonly text: string;
}

export type ReleaseIdentity = Pick<
  ReleaseStatus,
  'release' | 'service' | 'environment' | 'strategy' | 'version' | 'requestedBy'
>;

export function newStatus(identity: ReleaseIdentity, steps: readonly string[]): ReleaseStatus {
  return {
    ...identity,
    phase: 'Starting',
    steps: steps.map((name) => ({ name, state: 'waiting' })),
    notes: [],
  };
}

/** Starts a step; one that was not foreseen (a rollback) is added at the end. */
export function startStep(status: ReleaseStatus, name: string, now: string, next?: string): ReleaseStatus {
  const started: StepStatus = { name, state: 'running', startedAt: now };
  const known = status.steps.some((step) => step.name === name);
  const { next: _before, queue: _left, ...rest } = status;
  return {
    ...rest,
    phase: name,
    steps: known ? replaceStep(status.steps, name, () => started) : [...status.steps, started],
    ...(next === undefined ? {} : { next }),
  };
}

export function endStep(
  status: ReleaseStatus,
  name: string,
  state: 'done' | 'failed' | 'skipped',
  now: string,
  detail?: string,
): ReleaseStatus {
  const { waitingFor, ...rest } = status;
  return {
    ...rest,
    ...(waitingFor === undefined || (waitingFor.step ?? name) === name ? {} : { waitingFor }),
    steps: replaceStep(status.steps, name, (step) => ({
      ...step,
      state,
      endedAt: now,
      ...(detail === undefined ? {} : { detail }),
    })),
  };
}

export function addDecision(status: ReleaseStatus, decision: Decision): ReleaseStatus {
  return { ...status, decisions: [...(status.decisions ?? []), decision] };
}

export function leaveGate({ gate: _left, ...status }: ReleaseStatus): ReleaseStatus {
  return status;
}

export function addAnswer(status: ReleaseStatus, answer: MessageAnswer): ReleaseStatus {
  return { ...status, answers: [...(status.answers ?? []), answer].slice(-maxAnswers) };
}

export function addNote(status: ReleaseStatus, note: string): ReleaseStatus {
  return status.notes.includes(note) ? status : { ...status, notes: [...status.notes, note] };
}

/** Ends the release: what never ran is skipped, so that nothing is left looking as if it were to come. */
export function finishStatus(status: ReleaseStatus, outcome: Outcome, reason: string): ReleaseStatus {
  const { next: _next, queue: _left, ...rest } = leaveGate(status);
  return {
    ...rest,
    phase: outcomeWords[outcome],
    outcome,
    reason,
    steps: status.steps.map((step) => (step.state === 'waiting' ? { ...step, state: 'skipped' } : step)),
  };
}

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  released: 'Released',
  passed: 'Passed',
  diagnosed: 'Diagnosed',
  recorded: 'Recorded',
  unchanged: 'Nothing to do',
  planned: 'Planned',
  rolledBack: 'Rolled back',
  rollbackFailed: 'Rollback failed',
  refused: 'Refused',
  aborted: 'Aborted',
  failed: 'Failed',
};

function replaceStep(
  steps: readonly StepStatus[],
  name: string,
  change: (step: StepStatus) => StepStatus,
): readonly StepStatus[] {
  return steps.map((step) => (step.name === name ? change(step) : step));
}
