/** Asking people whether to go on, and waiting for enough of them. The round itself is pure and lives in the status. */
import { condition } from '@temporalio/workflow';
import type { ApprovalRound } from '../domain/approval.ts';
import {
  about,
  approve,
  openRound,
  reject,
  revoke,
  stateOf,
  unanswerable,
  type RoundAnswer,
} from '../domain/approval-round.ts';
import { approvalAskedText, approvalNext, approvedText, notApprovedText } from '../domain/approval-text.ts';
import { shortDigest } from '../domain/approval-plan.ts';
import { maxSummaryBytes } from '../domain/defaults.ts';
import { failureTypes } from '../domain/failures.ts';
import { optional } from '../domain/fields.ts';
import type { PersonMessage } from '../domain/person-message.ts';
import { shortened } from '../domain/shortened.ts';
import type { Target } from '../domain/target.ts';
import type { Announcer } from './announcer.ts';
import { failure } from './failure.ts';
import type { Judgement, Listener } from './listen.ts';
import { waitAtGate } from './gate.ts';
import { now, type Progress } from './progress.ts';

export interface ApprovalScene {
  readonly target: Target;
  readonly progress: Progress;
  readonly announcer: Announcer;
  readonly listener: Listener;
}

interface ApprovalRequest {
  /** For example `the plan`; together with the digest what people say yes to. */
  readonly subject: string;
  /** Of the plan, SHA-256 in hexadecimal. */
  readonly digest: string;
  /** Why people are asked, when nobody foresaw it. */
  readonly because?: string;
  /**
   * Once approved, people may still take it back or reject: ask again, with the digest of then, when what
   * was looked at meanwhile is known. Without it, an approval is final the moment it is complete.
   */
  readonly keepOpen?: boolean;
}

const answers = { approve, revoke, reject } as const;
const names = ['approve', 'revoke', 'reject'] as const;

/**
 * Returns when enough people have approved; at once where nobody has to, and where this very plan is
 * approved already and nobody has taken it back. Fails with `Rejected` or `ApprovalExpired`.
 */
export async function askForApproval(scene: ApprovalScene, request: ApprovalRequest): Promise<void> {
  const { progress, listener, target } = scene;
  if (target.environment.approval.required === 0) return;
  ask(scene, request);
  for (const name of names) listener.on(name, (message) => judge(scene, name, message));
  const wait = () => untilApproved(scene, request);
  const isOpen = stateOf(current(progress), now()).state === 'waiting';
  await (isOpen ? waitAtGate('approval', scene, wait) : wait());
  if (request.keepOpen !== true) {
    const round = current(progress);
    conclude(scene, `${about(round)} is approved, and the release goes on; "abort" ends it`);
  }
}

async function untilApproved(scene: ApprovalScene, request: ApprovalRequest): Promise<void> {
  const { progress } = scene;
  for (let told = false; ; told = true) {
    const round = current(progress);
    const state = stateOf(round, now());
    if (state.state === 'approved') return;
    if (state.state !== 'waiting') {
      conclude(scene, notApprovedText(round, now()));
      const type = state.state === 'rejected' ? failureTypes.rejected : failureTypes.approvalExpired;
      throw failure(type, notApprovedText(round, now()));
    }
    // Later changes are told with the message that brought them.
    if (!told)
      progress.ask(`${request.because === undefined ? '' : `${request.because}: `}${approvalNext(round)}`);
    await condition(() => current(progress) !== round, Date.parse(round.expiresAt) - Date.parse(now()), {
      summary: shortened(approvalNext(round), maxSummaryBytes),
    });
  }
}

/** Goes on with the open round on this very question, or opens a new one. */
function ask({ progress, target, announcer }: ApprovalScene, { subject, digest }: ApprovalRequest): void {
  const before = progress.status.approval;
  const isOpen = before !== undefined && before.concludedAt === undefined && before.subject === subject;
  // Whatever became of the plan since: a no is a no.
  if (isOpen && (before.digest === digest || before.rejection !== undefined)) return;
  if (isOpen && before.approvals.length > 0) {
    const by = before.approvals.map((approval) => approval.by).join(' and ');
    progress.note(
      `The plan changed from ${shortDigest(before.digest)} to ${shortDigest(digest)}: what ${by} approved is void, and it has to be approved again.`,
    );
  }
  const { requestedBy, version, release } = progress.status;
  const round = openRound(
    { subject, digest, policy: target.environment.approval, ...optional('requestedBy', requestedBy) },
    now(),
  );
  const why = unanswerable(round);
  if (why !== undefined) {
    throw failure(
      failureTypes.refused,
      `${about(round)} cannot be approved: ${why}. Let somebody else ask, or name more people under "approvals" of ${target.environment.name} in fairway.yaml.`,
    );
  }
  progress.set({ approval: round });
  const named = { displayName: target.service.displayName, version };
  announcer.reply(`approval-asked-${round.askedAt}`, approvalAskedText(named, round, release));
}

function judge(scene: ApprovalScene, name: (typeof names)[number], message: PersonMessage): Judgement {
  const round = current(scene.progress);
  const answer: RoundAnswer = answers[name](round, message, now());
  if (!answer.followed) return answer;
  return {
    followed: true,
    text: answer.text,
    act: () => {
      take(scene, round, answer.round);
    },
  };
}

function take(
  { progress, target, announcer }: ApprovalScene,
  before: ApprovalRound,
  after: ApprovalRound,
): void {
  progress.set({ approval: after, next: approvalNext(after) });
  const isNew = stateOf(after, now()).state === 'approved' && stateOf(before, now()).state !== 'approved';
  if (!isNew) return;
  const named = { displayName: target.service.displayName, version: progress.status.version };
  announcer.reply(`approved-${now()}`, approvedText(named, after));
}

/** From here on nothing can be added and nothing taken back. */
function conclude({ progress, listener }: ApprovalScene, because: string): void {
  progress.set({ approval: { ...current(progress), concludedAt: now() } });
  const tooLate: Judgement = { followed: false, text: `it came too late: ${because}` };
  for (const name of names) listener.on(name, () => tooLate);
}

function current(progress: Progress): ApprovalRound {
  const round = progress.status.approval;
  if (round === undefined) throw failure(failureTypes.failed, 'nobody was asked for approval');
  return round;
}
