/** `approvals` of an environment: how many people must agree, who may, and for how long they are asked. */
import { z } from 'zod';
import type { ApprovalPolicy } from '../domain/approval.ts';
import { defaultApprovalExpirySeconds } from '../domain/defaults.ts';
import { duration } from './duration.ts';
import { expecting } from './expecting.ts';
import { permissionFields, toPermission, type Groups } from './permission-schema.ts';

const expected = expecting('a whole number of people from 0 to 20');
const count = z.int(expected).min(0, expected).max(20, expected);
const defaultExpiry = `${defaultApprovalExpirySeconds / 3_600}h`;

export const approvalsSchema = z
  .union(
    [
      count,
      z.strictObject({
        required: count.describe('How many people other than the requester must approve.'),
        ...permissionFields,
        expire: duration({ from: '1m', to: '720h' })
          .prefault(defaultExpiry)
          .describe('How long they are asked; then the release ends.'),
      }),
    ],
    expecting('a whole number of people from 0 to 20, or a mapping with required, people, groups and expire'),
  )
  .default(0)
  .describe(
    'How many people must approve a release here, and the gates inside of it. The requester does not count. A number lets anybody else approve; people and groups say who may.',
  );

type ApprovalsEntry = z.output<typeof approvalsSchema>;

export function toApproval(entry: ApprovalsEntry, groups: Groups): ApprovalPolicy {
  if (typeof entry === 'number') {
    return { required: entry, people: [], expirySeconds: defaultApprovalExpirySeconds };
  }
  return {
    required: entry.required,
    people: toPermission(entry, groups).people,
    expirySeconds: entry.expire,
  };
}
