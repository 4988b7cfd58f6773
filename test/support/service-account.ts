/** A service account with exactly these rules in a namespace, and a kubeconfig with its token. */
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

export async function serviceAccountWith(
  config: KubeConfig,
  {
    namespace,
    name,
    rules,
    folder,
  }: { namespace: string; name: string; rules: V1PolicyRule[]; folder: string },
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
  await untilEffective(account, namespace, rules);
  return { config: account, kubeconfig };
}

/** The API server learns of a role a moment after it took it; there is no event for that. */
async function untilEffective(account: KubeConfig, namespace: string, rules: V1PolicyRule[]): Promise<void> {
  const [first] = rules;
  if (first === undefined) return;
  const { apiGroups: [group = ''] = [], resources: [resource = ''] = [], resourceNames, verbs } = first;
  const [plain = '', subresource] = resource.split('/');
  const resourceAttributes = {
    ...{ namespace, group, resource: plain, verb: verbs[0] ?? '' },
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
