/** An approval may name the plan that was read: a yes to one plan is no yes to another. */
import type { ApprovalRound } from './approval.ts';

/** Characters of a digest that people read and type. */
const shortLength = 8;

export function shortDigest(digest: string): string {
  return digest.slice(0, shortLength);
}

/** Why the message is not about this plan, if it names another one. */
export function otherPlan({ digest }: ApprovalRound, named: string | undefined): string | undefined {
  if (named === undefined) return undefined;
  const written = named.toLowerCase().replace(/^sha256:/, '');
  if (!/^[0-9a-f]+$/.test(written) || written.length < shortLength) {
    return `"plan" must be the plan's digest or at least its first ${shortLength} characters: it is ${shortDigest(digest)} now`;
  }
  if (digest.startsWith(written)) return undefined;
  return `it names the plan ${shortDigest(written)}, and the plan is ${shortDigest(digest)} now: read it again, then approve that one`;
}
