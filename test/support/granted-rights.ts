/** The rules of a role as single rights, to take one away. */
import type { V1PolicyRule } from '@kubernetes/client-node';
import type { Permission } from '../../src/activities/kubernetes/permissions.ts';
import { rightName } from './audit-log.ts';

interface GrantedRight {
  readonly right: string;
  readonly verb: string;
  /** API group; empty for the core group. */
  readonly group: string;
  /** With its subresource, as rules write it. */
  readonly resource: string;
}

export function rightsIn(rules: readonly V1PolicyRule[]): readonly GrantedRight[] {
  return rules.flatMap((rule) =>
    rule.verbs.map((verb) => {
      const [group = '', resource = ''] = [rule.apiGroups?.[0], rule.resources?.[0]];
      return { right: rightName(verb, group, resource), verb, group, resource };
    }),
  );
}

/** The rules that are left when nobody may do this any more; all of them for nothing. */
export function rulesWithout(rules: readonly V1PolicyRule[], right: string | undefined): V1PolicyRule[] {
  return rules.flatMap((rule): V1PolicyRule[] => {
    const verbs = rightsIn([rule]).flatMap((each) => (each.right === right ? [] : [each.verb]));
    return verbs.length === 0 ? [] : [{ ...rule, verbs }];
  });
}

/** What the lists in `src` call for, in the same words. */
export function namesOf({ group, resource, subresource, verbs }: Permission): readonly string[] {
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  return verbs.map((verb) => rightName(verb, group, full));
}
