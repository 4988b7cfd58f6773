/** Whatever people send, and in whatever order: a yes is worth what the policy says. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { approve, openRound, reject, revoke, stateOf } from '../../src/domain/approval-round.ts';
import type { ApprovalRound } from '../../src/domain/approval.ts';
import { normaliseIdentity } from '../../src/domain/identity.ts';

const askedAt = Date.UTC(2026, 1, 3, 10);
const iso = (seconds: number): string => new Date(askedAt + seconds * 1_000).toISOString();
const digest = 'ab'.repeat(32);

const names = ['ada', 'ben', 'cleo', 'dan', 'rita'] as const;
/** One person in many writings. */
const written = fc
  .tuple(
    fc.constantFrom(...names),
    fc.constantFrom<(name: string) => string>(
      (name) => name,
      (name) => name.toUpperCase(),
      (name) => ` ${name} `,
      (name) => `Somebody <${name}>`,
      (name) => `${name.slice(0, 1)}\u200b${name.slice(1)}`,
      (name) => [...name].map((letter) => String.fromCodePoint(letter.codePointAt(0)! + 0xfee0)).join(''),
    ),
  )
  .map(([name, write]) => write(name));

const message = fc.record({
  what: fc.constantFrom('approve', 'approve', 'approve', 'revoke', 'reject'),
  by: written,
  plan: fc.option(fc.constantFrom(digest, digest.slice(0, 8), 'cd'.repeat(32), 'ab'), { nil: undefined }),
  /** Seconds after the one before. */
  after: fc.integer({ min: 0, max: 400 }),
});

const policy = fc.record({
  required: fc.integer({ min: 1, max: 3 }),
  people: fc.oneof(fc.constant([]), fc.subarray([...names], { minLength: 1 })),
  expirySeconds: fc.constantFrom(60, 1_000, 100_000),
});

interface Believed {
  readonly yes: Set<string>;
  rejected: boolean;
}

test('nothing is approved with fewer than the required distinct people who may, and nobody is counted twice', () => {
  fc.assert(
    fc.property(policy, fc.array(message, { maxLength: 15 }), (policy, sent) => {
      let round: ApprovalRound = openRound(
        { subject: 'the plan', policy, digest, requestedBy: 'Rita' },
        iso(0),
      );
      /** A second, simpler account: who has said yes, of those that may. */
      const believed: Believed = { yes: new Set(), rejected: false };
      const may = (name: string): boolean =>
        name !== 'rita' && (policy.people.length === 0 || policy.people.includes(name as never));
      let seconds = 0;
      for (const { what, by, plan, after } of sent) {
        seconds += after;
        const name = normaliseIdentity(by);
        const over =
          believed.rejected || (seconds >= policy.expirySeconds && believed.yes.size < policy.required);
        const answer = { approve, revoke, reject }[what as 'approve'](
          round,
          { by, ...(plan === undefined ? {} : { plan }) },
          iso(seconds),
        );
        if (over) expect(answer.followed).toBe(false);
        if (answer.followed) round = answer.round;
        else expect(answer.text).not.toBe('');
        if (!over && what === 'approve' && may(name) && believed.yes.size < policy.required) {
          if (plan === undefined || (plan.length >= 8 && digest.startsWith(plan))) believed.yes.add(name);
        }
        if (!over && what === 'revoke') believed.yes.delete(name);
        if (!over && what === 'reject' && (may(name) || name === 'rita')) believed.rejected = true;

        const state = stateOf(round, iso(seconds));
        expect(state.state === 'approved').toBe(!believed.rejected && believed.yes.size >= policy.required);
        expect(state.state === 'rejected').toBe(believed.rejected);
        if (state.state !== 'rejected') {
          expect([...state.by].sort()).toEqual([...believed.yes].sort());
          expect(state.by).not.toContain('rita');
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('an approval of one plan is worth nothing for another', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[0-9a-f]{64}$/),
      fc.stringMatching(/^[0-9a-f]{64}$/),
      fc.integer({ min: 8, max: 64 }),
      (one, other, length) => {
        fc.pre(!other.startsWith(one.slice(0, length)));
        const round = openRound(
          { subject: 'the plan', digest: other, policy: { required: 1, people: [], expirySeconds: 60 } },
          iso(0),
        );
        expect(approve(round, { by: 'ada', plan: one.slice(0, length) }, iso(1)).followed).toBe(false);
        expect(approve(round, { by: 'ada', plan: other.slice(0, length) }, iso(1)).followed).toBe(true);
      },
    ),
  );
});
