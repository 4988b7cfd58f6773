/** An account of its own with exactly these rights, as a KubeConfig that impersonates it. */
import { KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
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
  return restricted;
}
