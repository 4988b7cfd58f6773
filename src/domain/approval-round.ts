/**
 * One round of asking people, as a pure machine: who may say yes, what each message does to it, and how
 * it stands. Times are ISO 8601 (UTC) and come from outside.
 */
import type { Approval, ApprovalPolicy, ApprovalRound } from './approval.ts';
import { otherPlan, shortDigest } from './approval-plan.ts';
import { optional } from './fields.ts';
import { normaliseIdentity } from './identity.ts';
import type { PersonMessage } from './person-message.ts';

export interface ApprovalQuestion {
  /** What is asked for, for example `the plan` or `the switch to green`. */
  readonly subject: string;
  readonly policy: ApprovalPolicy;
  readonly digest: string;
  /** As they wrote it. */
  readonly requestedBy?: string;
}

export type RoundAnswer =
  | { readonly followed: true; readonly round: ApprovalRound; readonly text: string }
  | { readonly followed: false; readonly text: string };

export type RoundState =
  /** `missing` more people must approve. */
  | { readonly state: 'waiting'; readonly by: readonly string[]; readonly missing: number }
  | { readonly state: 'approved'; readonly by: readonly string[] }
  | { readonly state: 'rejected'; readonly by: string; readonly reason?: string }
  | { readonly state: 'expired'; readonly by: readonly string[]; readonly missing: number };

export function openRound(
  { subject, policy, digest, requestedBy }: ApprovalQuestion,
  now: string,
): ApprovalRound {
  return {
    subject,
    policy: { ...policy, people: [...new Set(policy.people.map(normaliseIdentity))] },
    digest,
    ...optional('requestedBy', requestedBy === undefined ? undefined : normaliseIdentity(requestedBy)),
    askedAt: now,
    expiresAt: new Date(Date.parse(now) + policy.expirySeconds * 1_000).toISOString(),
    approvals: [],
  };
}

/** Why nobody needs to be asked: there are not enough people who could say yes. */
export function unanswerable({ policy, requestedBy }: ApprovalRound): string | undefined {
  const { required, people } = policy;
  const others = people.filter((person) => person !== requestedBy);
  if (people.length === 0 || others.length >= required) return undefined;
  const who = requestedBy ?? 'the requester';
  return others.length === 0
    ? `${required} must approve, and only ${who}, who asks, may`
    : `${required} must approve, and besides ${who}, who asks, only ${others.join(', ')} may`;
}

export function approve(round: ApprovalRound, message: PersonMessage, now: string): RoundAnswer {
  const by = normaliseIdentity(message.by);
  const no = refusalOf(round, now) ?? otherPlan(round, message.plan) ?? cannotApprove(round, by);
  if (no !== undefined) return { followed: false, text: no };
  const approval: Approval = { by, at: now, ...optional('signature', message.signature) };
  const next = { ...round, approvals: [...round.approvals, approval] };
  return { followed: true, round: next, text: `${by} approves ${about(round)}: ${standing(next, now)}` };
}

/** Takes back one's own yes. */
export function revoke(round: ApprovalRound, message: PersonMessage, now: string): RoundAnswer {
  const by = normaliseIdentity(message.by);
  const approvals = round.approvals.filter((approval) => approval.by !== by);
  const no =
    refusalOf(round, now) ??
    (approvals.length === round.approvals.length
      ? `${by} has not approved ${about(round)}, so there is nothing to take back`
      : undefined);
  if (no !== undefined) return { followed: false, text: no };
  const next = { ...round, approvals };
  return { followed: true, round: next, text: `${by} takes the approval back: ${standing(next, now)}` };
}

/** Whoever may approve may say no, and the requester, too; one no is enough. */
export function reject(round: ApprovalRound, message: PersonMessage, now: string): RoundAnswer {
  const by = normaliseIdentity(message.by);
  const isOutsider = by !== round.requestedBy && !isAllowed(round, by);
  const no =
    refusalOf(round, now) ??
    (isOutsider ? `${whoMay(round)} reject, not ${by}; "abort" is open to everybody` : undefined);
  if (no !== undefined) return { followed: false, text: no };
  const rejection = { by, at: now, ...optional('reason', message.reason) };
  return { followed: true, round: { ...round, rejection }, text: `${by} rejects ${about(round)}` };
}

/** A round with enough approvals has them for good, unless one is taken back. */
export function stateOf(round: ApprovalRound, now: string): RoundState {
  const { rejection, policy } = round;
  if (rejection !== undefined) {
    return { state: 'rejected', by: rejection.by, ...optional('reason', rejection.reason) };
  }
  const by = [...new Set(round.approvals.map((approval) => approval.by))].filter(
    (person) => person !== round.requestedBy && isAllowed(round, person),
  );
  const missing = policy.required - by.length;
  if (missing <= 0) return { state: 'approved', by };
  return { state: Date.parse(now) >= Date.parse(round.expiresAt) ? 'expired' : 'waiting', by, missing };
}

/** `the plan 3f7a0c12`. */
export function about({ subject, digest }: ApprovalRound): string {
  return `${subject} ${shortDigest(digest)}`.trim();
}

/** How it stands, in a few words. */
export function standing(round: ApprovalRound, now: string): string {
  const state = stateOf(round, now);
  const { required } = round.policy;
  switch (state.state) {
    case 'approved':
      return `${required} of ${required}, approved by ${state.by.join(' and ')}`;
    case 'waiting':
    case 'expired':
      return `${required - state.missing} of ${required}, ${state.missing} more ${state.missing === 1 ? 'is' : 'are'} missing`;
    case 'rejected':
      return `rejected by ${state.by}${state.reason === undefined ? '' : `: ${state.reason}`}`;
  }
}

/** What holds for every message once the round is over. */
function refusalOf(round: ApprovalRound, now: string): string | undefined {
  const state = stateOf(round, now);
  if (state.state === 'rejected') return `it came too late: ${about(round)} was ${standing(round, now)}`;
  if (state.state === 'expired') {
    return `it came too late: approvals of ${about(round)} were asked for until ${round.expiresAt}`;
  }
  return undefined;
}

function cannotApprove(round: ApprovalRound, by: string): string | undefined {
  if (by === round.requestedBy) {
    return `${by} asked for this release: ${requiredWords(round)} must approve it`;
  }
  if (!isAllowed(round, by)) return `${whoMay(round)} approve here, not ${by}`;
  if (round.approvals.some((approval) => approval.by === by)) {
    return `${by} approved ${about(round)} before and counts once: ${countOf(round)}`;
  }
  if (round.approvals.length >= round.policy.required) return `${about(round)} is approved already`;
  return undefined;
}

function countOf({ approvals, policy: { required } }: ApprovalRound): string {
  return `${approvals.length} of ${required} approved`;
}

function requiredWords({ policy: { required } }: ApprovalRound): string {
  return required === 1 ? 'somebody else' : `${required} other people`;
}

function isAllowed({ policy: { people } }: ApprovalRound, by: string): boolean {
  return people.length === 0 || people.includes(by);
}

const mostNames = 10;

function whoMay({ policy: { people }, requestedBy }: ApprovalRound): string {
  const may = people.filter((person) => person !== requestedBy);
  const more = may.length - mostNames;
  return `only ${may.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''} may`;
}
