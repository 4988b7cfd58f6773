/** What the schema cannot see of `approvals`: whether enough people are named. */
import { mapping, type Mapping } from './mapping.ts';
import { permissionRules, rawPeople } from './permission-schema.ts';
import type { Finding, Path } from './problem.ts';

/** `approvals` is raw, as is `file`, the whole of it. */
export function approvalRules(path: Path, approvals: unknown, file: Mapping): Finding[] {
  const unknown = permissionRules(path, approvals, file);
  // Of groups that there are not, nobody can be counted.
  return unknown.length > 0 ? unknown : tooFew(path, approvals, file);
}

function tooFew(path: Path, approvals: unknown, file: Mapping): Finding[] {
  const { required, people, groups } = mapping(approvals);
  if (typeof required !== 'number' || (people === undefined && groups === undefined)) return [];
  const allowed = rawPeople(approvals, file).length;
  if (allowed >= required) return [];
  return [
    {
      path: [...path, 'required'],
      message: `${required} must approve, but people and groups name ${allowed}. Name more, or remove both to let anybody approve.`,
    },
  ];
}
