/** `files/rights.yaml` of the Helm chart: what its roles are made of. */
import { stringify } from 'yaml';
import type { Permission } from '../src/activities/kubernetes/permissions.ts';
import { rightsParts } from '../src/worker/rights.ts';

const { verification, smoke, chartObjectVerbs, ...others } = rightsParts;

/** By the name of the part, as the chart's templates ask for it. */
const parts: Readonly<Record<string, readonly Permission[]>> = {
  ...others,
  ...prefixed('verification', verification),
  ...prefixed('smoke', smoke),
};

export function chartRights(): string {
  const rules = Object.fromEntries(
    Object.entries(parts).map(([name, permissions]) => [name, permissions.map(ruleOf)]),
  );
  const head =
    '# Generated from src/activities/*/permissions.ts by `npm run schema`. Templates merge the parts that a worker needs.\n';
  return `${head}${stringify({ ...rules, chartObjectVerbs })}`;
}

function ruleOf({ group, resource, subresource, verbs, names, reason }: Permission) {
  return {
    group,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    verbs,
    ...(names === undefined ? {} : { names }),
    reason,
  };
}

function prefixed(prefix: string, byKind: Readonly<Record<string, readonly Permission[]>>): typeof parts {
  return Object.fromEntries(
    Object.entries(byKind).map(([kind, permissions]) => [`${prefix}-${kind}`, permissions]),
  );
}
