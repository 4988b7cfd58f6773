/** An account of its own with exactly these rights, as a KubeConfig that impersonates it. */
import { AuthorizationV1Api, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import type { Permission } from '../../../src/activities/kubernetes/permissions.ts';
import type { TestCluster } from '../../support/cluster.ts';

export async function accountWith(
  { config }: TestCluster,
  namespace: string,
  name: string,
  permissions: readonly Permission[],
): Promise<KubeConfig> {
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const rules = permissions.map(({ group, resource, subresource, verbs, names }) => ({
    apiGroups: [group],
    resources: [subresource === undefined ? resource : `${resource}/${subresource}`],
    verbs: [...verbs],
    ...(names === undefined ? {} : { resourceNames: [...names] }),
  }));
  await rbac.createNamespacedRole({ namespace, body: { metadata: { name }, rules } });
  await rbac.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
    },
  });
  const restricted = new KubeConfig();
  restricted.loadFromOptions({
    clusters: config.clusters,
    contexts: config.contexts,
    currentContext: config.currentContext,
    users: config.users.map((user) => ({ ...user, impersonateUser: name })),
  });
  const [first] = permissions;
  if (first !== undefined) await untilEffective(restricted, namespace, first);
  return restricted;
}

/** The API server learns of a new role a moment after it took it; there is no event for that. */
async function untilEffective(config: KubeConfig, namespace: string, permission: Permission): Promise<void> {
  const { group, resource, verbs, names } = permission;
  const attributes = {
    namespace,
    group,
    resource,
    verb: verbs[0] ?? '',
    ...(names === undefined ? {} : { name: names[0] ?? '' }),
  };
  const reviews = config.makeApiClient(AuthorizationV1Api);
  for (;;) {
    const review = await reviews.createSelfSubjectAccessReview({
      body: { spec: { resourceAttributes: attributes } },
    });
    if (review.status?.allowed === true) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
