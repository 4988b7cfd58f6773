/**
 * The living status of a release: answers `status`, keeps the details in the Temporal UI current,
 * and tells the workflow that asked for the target, if there is one.
 */
import {
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { optional } from '../domain/fields.ts';
import type { PersonMessage } from '../domain/person-message.ts';
import type { Gate } from '../domain/search-attributes.ts';
import type { EnvironmentSpec } from '../domain/target.ts';
import { renderDetails } from '../domain/status-details.ts';
import {
  addAnswer,
  addDecision,
  addNote,
  endStep,
  finishStatus,
  leaveGate,
  newStatus,
  startStep,
  type MessageAnswer,
  type Outcome,
  type ReleaseIdentity,
  type ReleaseStatus,
} from '../domain/status.ts';
import { reasonOf, unserved } from './failure.ts';
import { progressSignal, statusQuery } from './messages.ts';
import { countRelease, recordStep } from './metrics.ts';
import { Reports } from './reports.ts';
import { outcomeAttributes, startAttributes, waitingAttributes } from './search-attributes.ts';

export class Progress {
  private current: ReleaseStatus;
  private gateInLists: Gate | undefined;
  private environment: EnvironmentSpec | undefined;
  private readonly reports = new Reports(
    () => this.tellParent(),
    (work) => CancellationScope.nonCancellable(work),
    () => patched('late-reports'),
  );

  constructor(identity: Omit<ReleaseIdentity, 'release'>, steps: readonly string[]) {
    this.current = newStatus({ release: releaseId(), ...identity }, steps);
    setHandler(statusQuery, () => this.current);
    // The workflow that holds the target got its own when it was started.
    if (isAskedFor()) upsertSearchAttributes(startAttributes(this.current));
    this.show();
  }

  get status(): ReleaseStatus {
    return this.current;
  }

  /** Where its steps act: known, and said, when no worker is there to act. */
  at(environment: EnvironmentSpec): void {
    this.environment = environment;
  }

  /** Adds facts. */
  set(change: Partial<ReleaseStatus>): void {
    this.current = { ...this.current, ...change };
    this.show();
  }

  /** Takes over what the workflow that does the work reports, as a whole: what it no longer says is over. */
  mirror({ answers: _answers, ...reported }: ReleaseStatus): void {
    const { release, runsIn } = this.current;
    this.current = { ...reported, release, ...(runsIn === undefined ? {} : { runsIn }) };
    this.show();
  }

  leaveGate(): void {
    this.current = leaveGate(this.current);
    this.show();
  }

  /** Says what a person must do now; also where the release was asked for. */
  ask(next: string): void {
    this.set({ next });
    this.report();
  }

  /** What a person decided, and when. */
  decide({ by, reason }: PersonMessage, what: string): void {
    this.current = addDecision(this.current, { at: now(), what, by, ...optional('reason', reason) });
    this.show();
  }

  /** What came of a message that another workflow passed on: it hears of it at once. */
  answer(answer: MessageAnswer): void {
    this.current = addAnswer(this.current, answer);
    this.report();
  }

  note(text: string): void {
    this.current = addNote(this.current, text);
    this.show();
  }

  /** A step that this release does not need. */
  skip(name: string, why: string): void {
    this.current = endStep(this.current, name, 'skipped', now(), why);
    this.show();
  }

  /** Runs a step and records when it started, how long it took and what came of it. */
  async step<T>(
    name: string,
    work: () => Promise<T>,
    words: {
      readonly next?: string;
      readonly done?: (result: T) => string;
      /** It may take minutes: the asking workflow is told that it began. Each report costs a signal. */
      readonly lasting?: true;
    } = {},
  ): Promise<T> {
    const since = Date.now();
    const record = (result: 'done' | 'failed') =>
      recordStep(this.current, { step: name, result, seconds: (Date.now() - since) / 1_000 });
    this.current = startStep(this.current, name, now(), words.next);
    this.show();
    if (words.lasting === true) this.report();
    try {
      const result = await work();
      this.current = endStep(this.current, name, 'done', now(), words.done?.(result));
      this.show();
      record('done');
      return result;
    } catch (thrown) {
      const error = unserved(thrown, this.environment);
      const why = isCancellation(error) ? 'stopped' : reasonOf(error);
      this.current = endStep(this.current, name, 'failed', now(), why);
      this.show();
      record('failed');
      throw error;
    }
  }

  /** The last word. The asking workflow has it from the result. */
  async finish(outcome: Outcome, reason: string): Promise<ReleaseStatus> {
    this.current = finishStatus(this.current, outcome, reason);
    this.show();
    if (isAskedFor()) this.publish();
    await this.reports.settled();
    const { answers: _answers, ...status } = this.current;
    return status;
  }

  /** Makes the end that another workflow reported findable under this one's name, too. */
  finishAsReported(): void {
    if (this.current.outcome !== undefined) this.publish();
  }

  /** Where releases are looked for, and where they are counted. */
  private publish(): void {
    const left = this.gateInLists === undefined ? [] : waitingAttributes(undefined);
    upsertSearchAttributes([...outcomeAttributes(this.current), ...left]);
    countRelease(this.current);
  }

  private show(): void {
    setCurrentDetails(renderDetails(this.current, workflowLink));
    this.listGate();
  }

  /** The end says it with the outcome. */
  private listGate(): void {
    const { gate, outcome } = this.current;
    if (!isAskedFor() || outcome !== undefined || gate === this.gateInLists) return;
    // One that holds its target itself may have begun before gates were listed; a report tells of one that is new.
    if (this.current.runsIn === undefined && !patched('gates-in-lists')) return;
    upsertSearchAttributes(waitingAttributes(gate));
    this.gateInLists = gate;
  }

  /** Tells the workflow that asked for the target, in the background. A parent that is gone needs none. */
  report(): void {
    if (workflowInfo().parent !== undefined) this.reports.report();
  }

  private tellParent(): Promise<void> {
    const { parent } = workflowInfo();
    if (parent === undefined) return Promise.resolve();
    const asking = getExternalWorkflowHandle(parent.workflowId, parent.runId);
    return asking.signal(progressSignal, this.current).catch(() => undefined);
  }
}

/** The name that people know the release by: the workflow that they started. */
export function releaseId(): string {
  const { parent, workflowId } = workflowInfo();
  return parent?.workflowId ?? workflowId;
}

/** Whether people started this very workflow: only then does it carry the outcome, so that lists show each release once. */
function isAskedFor(): boolean {
  return workflowInfo().parent === undefined;
}

/** Identity of one step of this very run: what an activity recognises its own earlier work by. */
export function stepKey(step: string): string {
  return `${runKey()}/${step}`;
}

/** What the keys of all steps of this run begin with. */
export function runKey(): string {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return `${workflowId}/${firstExecutionRunId}`;
}

/** ISO 8601. Deterministic: inside a workflow `Date` follows the history. */
export function now(): string {
  return new Date().toISOString();
}

function workflowLink(workflowId: string, runId: string): string {
  return `/namespaces/${workflowInfo().namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
}
