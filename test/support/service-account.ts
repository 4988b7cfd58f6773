/** A service account with exactly these rules in a namespace and of the cluster, and a kubeconfig with its token. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  type V1PolicyRule,
} from '@kubernetes/client-node';

export interface Account {
  readonly config: KubeConfig;
  /** The same as a file, for helm. */
  readonly kubeconfig: string;
}

interface Wanted {
  readonly namespace: string;
  readonly name: string;
  readonly rules: V1PolicyRule[];
  /** Of the whole cluster; they go with the namespace. */
  readonly clusterRules?: V1PolicyRule[];
  readonly folder: string;
}

export async function serviceAccountWith(
  config: KubeConfig,
  { namespace, name, rules, clusterRules = [], folder }: Wanted,
): Promise<Account> {
  const core = config.makeApiClient(CoreV1Api);
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const metadata = { name };
  await Promise.all([
    core.createNamespacedServiceAccount({ namespace, body: { metadata } }),
    rbac.createNamespacedRole({ namespace, body: { metadata, rules } }),
    rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
      },
    }),
    ...(clusterRules.length === 0 ? [] : [grantInCluster(config, { namespace, name, clusterRules })]),
  ]);
  const { status } = await core.createNamespacedServiceAccountToken({
    namespace,
    name,
    body: { spec: { audiences: [] } },
  });
  const cluster = config.getCurrentCluster();
  const account = new KubeConfig();
  account.loadFromOptions({
    clusters: [cluster],
    users: [{ name, token: status?.token }],
    contexts: [{ name: config.currentContext, cluster: cluster?.name ?? '', user: name }],
    currentContext: config.currentContext,
  });
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  await writeFile(kubeconfig, account.exportConfig(), { mode: 0o600 });
  await untilEffective(account, rules, namespace);
  await untilEffective(account, clusterRules);
  return { config: account, kubeconfig };
}

async function grantInCluster(
  config: KubeConfig,
  {
    namespace,
    name: account,
    clusterRules,
  }: { namespace: string; name: string; clusterRules: V1PolicyRule[] },
): Promise<void> {
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const { metadata: { uid = '' } = {} } = await config
    .makeApiClient(CoreV1Api)
    .readNamespace({ name: namespace });
  const name = `${namespace}-${account}`;
  const owner = { apiVersion: 'v1', kind: 'Namespace', name: namespace, uid };
  const metadata = { name, ownerReferences: [owner] };
  await rbac.createClusterRole({ body: { metadata, rules: clusterRules } });
  await rbac.createClusterRoleBinding({
    body: {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    },
  });
}

/** The API server learns of a role a moment after it took it; there is no event for that. */
async function untilEffective(account: KubeConfig, rules: V1PolicyRule[], namespace?: string): Promise<void> {
  const [first] = rules;
  if (first === undefined) return;
  const { apiGroups: [group = ''] = [], resources: [resource = ''] = [], resourceNames, verbs } = first;
  const [plain = '', subresource] = resource.split('/');
  const resourceAttributes = {
    ...{ group, resource: plain, verb: verbs[0] ?? '' },
    ...(namespace === undefined ? {} : { namespace }),
    ...(subresource === undefined ? {} : { subresource }),
    ...(resourceNames === undefined ? {} : { name: resourceNames[0] ?? '' }),
  };
  const reviews = account.makeApiClient(AuthorizationV1Api);
  for (;;) {
    const review = await reviews.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } });
    if (review.status?.allowed === true) return;
    await new Promise((next) => setTimeout(next, 20));
  }
}
