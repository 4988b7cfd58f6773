/** A person lets a release go although the other environment says no, or not yet. */
import { normaliseIdentity } from './identity.ts';
import type { PersonMessage } from './person-message.ts';
import type { PromotionPolicy } from './promotion.ts';
import type { Decision } from './status.ts';

export type PromotionOverride =
  | { readonly allowed: true; /** How it is recorded. */ readonly recordAs: string }
  | { readonly allowed: false; readonly because: string };

export function judgePromotionOverride(
  { by, what }: PersonMessage,
  { from, override }: PromotionPolicy,
): PromotionOverride {
  const no = (because: string): PromotionOverride => ({ allowed: false, because });
  if (what !== 'promotion') return no('what holds the release up is a promotion: say "what": "promotion"');
  if (override.people.length === 0) return no(`nobody may go without ${from} here`);
  if (!override.people.includes(normaliseIdentity(by)))
    return no(`${by} is not among those who may: ${override.people.join(', ')}`);
  return { allowed: true, recordAs: recordOf(from) };
}

/** Said once, it holds for the release. */
export function isPromotionOverridden(
  decisions: readonly Decision[] | undefined,
  { from }: PromotionPolicy,
): boolean {
  return decisions?.some(({ what }) => what === recordOf(from)) === true;
}

function recordOf(from: string): string {
  return `override of promotion from ${from}`;
}
