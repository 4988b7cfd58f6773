import { describe, expect, test } from '@jest/globals';
import {
  approve,
  openRound,
  reject,
  revoke,
  stateOf,
  unanswerable,
  type ApprovalQuestion,
  type RoundAnswer,
} from '../../src/domain/approval-round.ts';
import type { ApprovalRound } from '../../src/domain/approval.ts';

const digest = `3f7a0c12${'0'.repeat(56)}`;
const at = (minutes: number): string => new Date(Date.UTC(2026, 1, 3, 10, minutes)).toISOString();

type Message = readonly ['approve' | 'revoke' | 'reject', string, object?];

const messages = { approve, revoke, reject };

function aRound(change: Partial<ApprovalQuestion['policy']> = {}): ApprovalRound {
  return openRound(
    {
      subject: 'the plan',
      digest,
      requestedBy: 'Rita <Rita@Example.com>',
      policy: {
        required: 2,
        people: ['Ada@example.com', 'ben@example.com', 'cleo@example.com', 'rita@example.com'],
        expirySeconds: 3_600,
        ...change,
      },
    },
    at(0),
  );
}

/** The last answer, and the round after all messages; each comes a minute after the one before. */
function after(
  round: ApprovalRound,
  sent: readonly Message[],
): { round: ApprovalRound; answer?: RoundAnswer } {
  let now = round;
  let answer: RoundAnswer | undefined;
  sent.forEach(([name, by, fields], index) => {
    answer = messages[name](now, { by, ...fields }, at(index + 1));
    if (answer.followed) now = answer.round;
  });
  return { round: now, ...(answer === undefined ? {} : { answer }) };
}

const ada: Message = ['approve', 'ada@example.com'];
const ben: Message = ['approve', 'ben@example.com'];

describe('a round of approvals', () => {
  test.each<[string, readonly Message[], boolean, string, string]>([
    [
      'waits for the second person',
      [ada],
      true,
      'ada@example.com approves the plan 3f7a0c12: 1 of 2, 1 more is missing',
      'waiting',
    ],
    [
      'is approved by two people',
      [ada, ben],
      true,
      'ben@example.com approves the plan 3f7a0c12: 2 of 2, approved by ada@example.com and ben@example.com',
      'approved',
    ],
    [
      'counts the same person once',
      [ada, ada],
      false,
      'ada@example.com approved the plan 3f7a0c12 before and counts once: 1 of 2 approved',
      'waiting',
    ],
    [
      'counts the same person once, however the name is written',
      [ada, ['approve', ' Ada L. <ADA@example.com> ']],
      false,
      'ada@example.com approved the plan 3f7a0c12 before and counts once: 1 of 2 approved',
      'waiting',
    ],
    [
      'does not count the requester',
      [['approve', 'rita@example.com']],
      false,
      'rita@example.com asked for this release: 2 other people must approve it',
      'waiting',
    ],
    [
      'does not count an outsider, and says who may',
      [['approve', 'mallory']],
      false,
      'only ada@example.com, ben@example.com, cleo@example.com may approve here, not mallory',
      'waiting',
    ],
    [
      'needs nobody once it is approved',
      [ada, ben, ['approve', 'cleo@example.com']],
      false,
      'the plan 3f7a0c12 is approved already',
      'approved',
    ],
    [
      'is approved by whoever names its plan',
      [ada, ['approve', 'ben@example.com', { plan: digest }]],
      true,
      'ben@example.com approves the plan 3f7a0c12: 2 of 2, approved by ada@example.com and ben@example.com',
      'approved',
    ],
    [
      'knows its plan by the first characters of the digest',
      [['approve', 'ada@example.com', { plan: 'SHA256:3F7A0C12' }]],
      true,
      'ada@example.com approves the plan 3f7a0c12: 1 of 2, 1 more is missing',
      'waiting',
    ],
    [
      'refuses a yes to another plan',
      [['approve', 'ada@example.com', { plan: '11112222333344445555' }]],
      false,
      'it names the plan 11112222, and the plan is 3f7a0c12 now: read it again, then approve that one',
      'waiting',
    ],
    [
      'refuses a digest too short to tell plans apart',
      [['approve', 'ada@example.com', { plan: '3f7a0c' }]],
      false,
      '"plan" must be the plan\'s digest or at least its first 8 characters: it is 3f7a0c12 now',
      'waiting',
    ],
    [
      'refuses what is no digest',
      [['approve', 'ada@example.com', { plan: 'the current one' }]],
      false,
      '"plan" must be the plan\'s digest or at least its first 8 characters: it is 3f7a0c12 now',
      'waiting',
    ],
    [
      'takes an approval back',
      [ada, ['revoke', 'Ada <ada@example.com>']],
      true,
      'ada@example.com takes the approval back: 0 of 2, 2 more are missing',
      'waiting',
    ],
    [
      'takes an approval back after it was complete',
      [ada, ben, ['revoke', 'ben@example.com']],
      true,
      'ben@example.com takes the approval back: 1 of 2, 1 more is missing',
      'waiting',
    ],
    [
      'takes back only what was given',
      [ada, ['revoke', 'ben@example.com']],
      false,
      'ben@example.com has not approved the plan 3f7a0c12, so there is nothing to take back',
      'waiting',
    ],
    [
      'lets a person approve again',
      [ada, ['revoke', 'ada@example.com'], ada, ben],
      true,
      'ben@example.com approves the plan 3f7a0c12: 2 of 2, approved by ada@example.com and ben@example.com',
      'approved',
    ],
    [
      'ends with one no',
      [ada, ['reject', 'ben@example.com', { reason: 'too late in the day' }]],
      true,
      'ben@example.com rejects the plan 3f7a0c12',
      'rejected',
    ],
    [
      'ends with a no after it was complete',
      [ada, ben, ['reject', 'cleo@example.com']],
      true,
      'cleo@example.com rejects the plan 3f7a0c12',
      'rejected',
    ],
    [
      'ends with the requester’s no',
      [['reject', 'rita@example.com']],
      true,
      'rita@example.com rejects the plan 3f7a0c12',
      'rejected',
    ],
    [
      'does not end with an outsider’s no',
      [['reject', 'mallory']],
      false,
      'only ada@example.com, ben@example.com, cleo@example.com may reject, not mallory; "abort" is open to everybody',
      'waiting',
    ],
    [
      'hears nothing after a no',
      [['reject', 'ben@example.com', { reason: 'freeze' }], ada],
      false,
      'it came too late: the plan 3f7a0c12 was rejected by ben@example.com: freeze',
      'rejected',
    ],
  ])('%s', (_what, sent, followed, text, state) => {
    const { round, answer } = after(aRound(), sent);
    expect(answer).toMatchObject({ followed, text });
    expect(stateOf(round, at(30)).state).toBe(state);
  });

  test('expires when too few have approved in time, and then hears nothing', () => {
    const { round } = after(aRound(), [ada]);
    expect(stateOf(round, at(59))).toMatchObject({ state: 'waiting', missing: 1 });
    expect(stateOf(round, at(60))).toEqual({ state: 'expired', by: ['ada@example.com'], missing: 1 });
    const text =
      'it came too late: approvals of the plan 3f7a0c12 were asked for until 2026-02-03T11:00:00.000Z';
    expect(approve(round, { by: 'ben@example.com' }, at(60))).toEqual({ followed: false, text });
  });

  test('that is complete does not expire, until somebody takes theirs back', () => {
    const { round } = after(aRound(), [ada, ben]);
    expect(stateOf(round, at(90)).state).toBe('approved');
    const answer = revoke(round, { by: 'ben@example.com' }, at(90));
    expect(answer.followed && stateOf(answer.round, at(90)).state).toBe('expired');
  });

  test('without names lets anybody approve but the requester', () => {
    const { round, answer } = after(aRound({ people: [] }), [
      ['approve', 'Anybody'],
      ['approve', 'RITA@example.com'],
    ]);
    expect(answer).toMatchObject({ followed: false });
    expect(stateOf(round, at(5))).toEqual({ state: 'waiting', by: ['anybody'], missing: 1 });
  });

  test('keeps a signature without judging it', () => {
    const { round } = after(aRound(), [['approve', 'ada@example.com', { signature: 'c2lnbmVk' }]]);
    expect(round.approvals).toEqual([{ by: 'ada@example.com', at: at(1), signature: 'c2lnbmVk' }]);
  });

  test.each<[string, Partial<ApprovalQuestion['policy']>, string | undefined]>([
    ['enough others', {}, undefined],
    ['anybody', { people: [] }, undefined],
    [
      'too few besides the requester',
      { people: ['ada', 'Rita@example.com'] },
      '2 must approve, and besides rita@example.com, who asks, only ada may',
    ],
    [
      'nobody besides the requester',
      { required: 1, people: ['Rita@example.com'] },
      '1 must approve, and only rita@example.com, who asks, may',
    ],
  ])('with %s is known to be answerable or not', (_who, policy, why) => {
    expect(unanswerable(aRound(policy))).toBe(why);
  });
});
