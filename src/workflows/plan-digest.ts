/** SHA-256, in hexadecimal. The sandbox has no crypto of its own. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { planIdentity } from '../domain/plan-identity.ts';
import type { AnyPlan } from '../domain/plan-text.ts';
import type { Target } from '../domain/target.ts';

/** What an approval is bound to. */
export function planDigest(target: Target, plan: AnyPlan): string {
  return bytesToHex(sha256(utf8ToBytes(planIdentity(target, plan))));
}
