/** What people read about an approval: in the Temporal UI, in chat, and in failures. */
import type { AnnouncedRelease } from './announcement.ts';
import type { ApprovalRound } from './approval.ts';
import { shortDigest } from './approval-plan.ts';
import { about, standing, stateOf } from './approval-round.ts';
import { literal } from './markdown.ts';
import { minuteWords } from './minute-words.ts';
import { signalCommand } from './signal-command.ts';
import { displayVersion } from './version.ts';

/** Approves this very plan. `release` is the workflow ID. */
export function approveCommand({ digest }: ApprovalRound, release: string): string {
  const plan = shortDigest(digest);
  return signalCommand(release, 'approve', { by: 'you@example.com', ...(plan === '' ? {} : { plan }) });
}

/** Markdown. `isOpen`: the release still runs. */
export function approvalSection(round: ApprovalRound, release: string, isOpen: boolean): string {
  const heading = `### Approval of ${literal(about(round))}: ${literal(standing(round, round.askedAt))}`;
  const given = round.approvals.map(({ by, at }) => `- ✅ ${literal(by)}, ${minuteWords(at)}`);
  // Who is missing does not depend on the time.
  if (!isOpen || stateOf(round, round.askedAt).state !== 'waiting') return [heading, ...given].join('\n');
  return [
    [
      heading,
      ...given,
      `- ○ ${literal(whoIsMissing(round))}, until ${minuteWords(round.expiresAt)}; then the release ends`,
    ].join('\n'),
    '```\n' + approveCommand(round, release) + '\n```',
  ].join('\n\n');
}

/** What a person can do now, in one line. */
export function approvalNext(round: ApprovalRound): string {
  const stands = standing(round, round.askedAt);
  const state = stateOf(round, round.askedAt).state;
  if (state === 'rejected') return `${about(round)} is ${stands}`;
  if (state === 'approved')
    return `${about(round)} is ${stands}; "revoke" takes it back until the strategy starts`;
  return `${stands}: ${whoIsMissing(round)} can "approve" ${about(round)} until ${minuteWords(round.expiresAt)}; "reject" ends the release`;
}

/** `[DEPLOYMENT] Shop v4.1.0 waits for 2 approvals of the plan 3f7a0c12 until …`. */
export function approvalAskedText(
  { displayName, version }: AnnouncedRelease,
  round: ApprovalRound,
  release: string,
): string {
  const { required } = round.policy;
  const count = required === 1 ? '1 approval' : `${required} approvals`;
  return `[DEPLOYMENT] ${displayName} ${displayVersion(version)} waits for ${count} of ${about(round)} until ${minuteWords(round.expiresAt)}, from ${whoIsMissing(round)}: ${approveCommand(round, release)}`;
}

/** `[DEPLOYMENT] Shop v4.1.0: the plan 3f7a0c12 is approved (2 of 2, approved by ada and ben)`. */
export function approvedText({ displayName, version }: AnnouncedRelease, round: ApprovalRound): string {
  return `[DEPLOYMENT] ${displayName} ${displayVersion(version)}: ${about(round)} is approved (${standing(round, round.askedAt)})`;
}

/** Why it did not go on, in words that end a sentence. */
export function notApprovedText(round: ApprovalRound, now: string): string {
  return round.rejection === undefined
    ? `${about(round)} was not approved in time: ${standing(round, now)} at ${minuteWords(round.expiresAt)}`
    : `${about(round)} was ${standing(round, now)}`;
}

/** Names at most; a policy may allow a whole department. */
const mostNames = 10;

function whoIsMissing({ policy: { people }, approvals, requestedBy }: ApprovalRound): string {
  if (people.length === 0) {
    const given = approvals.length === 0 ? '' : ' else';
    return requestedBy === undefined ? `anybody${given}` : `anybody${given} but ${requestedBy}`;
  }
  const open = people.filter(
    (person) => person !== requestedBy && !approvals.some((approval) => approval.by === person),
  );
  const more = open.length - mostNames;
  return more > 0 ? `${open.slice(0, mostNames).join(', ')} or ${more} others` : open.join(' or ');
}
