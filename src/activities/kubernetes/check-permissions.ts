import type { Problem } from '../../domain/observation.ts';
import type { ClusterClients } from './clients.ts';
import type { Permission } from './permissions.ts';

interface Right {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  readonly name?: string;
  readonly reason: string;
}

export interface MissingRight {
  readonly resource: string;
  readonly problem: Problem;
}

/** Asks the API server about each verb, in parallel. */
export async function checkPermissions(
  clients: ClusterClients,
  namespace: string,
  permissions: readonly Permission[],
): Promise<readonly MissingRight[]> {
  const missing = await Promise.all(
    rightsOf(permissions).map(async (right) => {
      const { reason: _reason, ...resourceAttributes } = right;
      const review = await clients.authorization.createSelfSubjectAccessReview({
        body: { spec: { resourceAttributes: { namespace, ...resourceAttributes } } },
      });
      return review.status?.allowed === true
        ? []
        : [{ resource: right.resource, problem: describeMissing(right, namespace) }];
    }),
  );
  return missing.flat();
}

/** One entry for each verb on each object, however many lists ask for it. */
function rightsOf(permissions: readonly Permission[]): readonly Right[] {
  const rights = permissions.flatMap(({ verbs, names, ...rest }) =>
    verbs.flatMap((verb) =>
      names === undefined ? [{ ...rest, verb }] : names.map((name) => ({ ...rest, verb, name })),
    ),
  );
  return [...new Map(rights.map((right) => [describe(right), right] as const).reverse()).values()].reverse();
}

function describeMissing(right: Right, namespace: string): Problem {
  const { group, resource, subresource, verb, name, reason } = right;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const only = name === undefined ? '' : `, resourceNames ["${name}"]`;
  return {
    rule: 'permission-missing',
    message: `this worker's account may not ${describe(right)} in namespace ${namespace}`,
    remedy: `grant it in a Role of the namespace: apiGroups ["${group}"], resources ["${what}"], verbs ["${verb}"]${only}; the worker needs it to ${reason}`,
  };
}

/** For example `patch deployments.apps` or `get secrets "shop-secrets"`. */
function describe({ group, resource, subresource, verb, name }: Right): string {
  const what = `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  return `${verb} ${what}${name === undefined ? '' : ` "${name}"`}`;
}
