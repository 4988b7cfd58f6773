/** A namespace in which the old version of a shop runs, and the means to spoil the release of the new one. */
import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { V1Deployment, V1Namespace } from '@kubernetes/client-node';
import type { Target } from '../../../src/domain/target.ts';
import { aTarget } from '../a-target.ts';
import { aNamespace, type TestCluster } from '../cluster.ts';
import { untilSeen } from '../cluster-watch.ts';
import { shopDeployment, shopService, names, type ShopChange } from './shop.ts';

export const oldTag = '4.0.0';
export const newTag = '4.1.0';

export interface Scene {
  readonly cluster: TestCluster;
  readonly target: Target;
  readonly namespace: string;
  readonly core: CoreV1Api;
  /** Image that the release brings; `release` may choose another. */
  image(): string;
  /** Writes the new version, spoilt by the change. */
  release(change?: ShopChange): Promise<void>;
  /** Changes the namespace. */
  labelNamespace(labels: Record<string, string>): Promise<V1Namespace>;
}

/** The old version is available. */
export async function aScene(cluster: TestCluster, before: ShopChange = {}): Promise<Scene> {
  const namespace = await aNamespace(cluster);
  const apps = cluster.config.makeApiClient(AppsV1Api);
  const core = cluster.config.makeApiClient(CoreV1Api);
  await apps.createNamespacedDeployment({ namespace, body: shopDeployment(oldTag, before) });
  await core.createNamespacedService({ namespace, body: shopService });
  await untilAvailable(cluster, namespace);
  let image = '';
  return {
    cluster,
    namespace,
    core,
    target: shopIn(cluster, namespace),
    image: () => image,
    release: async (change = {}) => {
      const body = shopDeployment(newTag, { ...before, ...change });
      image = body.spec?.template.spec?.containers[0]?.image ?? '';
      await apps.replaceNamespacedDeployment({ name: names.deployment, namespace, body });
    },
    labelNamespace: async (labels) => {
      const current = await core.readNamespace({ name: namespace });
      const metadata = { ...current.metadata, labels: { ...current.metadata?.labels, ...labels } };
      return core.replaceNamespace({ name: namespace, body: { ...current, metadata } });
    },
  };
}

async function untilAvailable(cluster: TestCluster, namespace: string): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const wish = { path, wish: 'the old version is available', timeoutMs: 120_000 };
  await untilSeen<V1Deployment>(
    cluster,
    wish,
    ({ spec, status }) => spec?.replicas !== undefined && status?.availableReplicas === spec.replicas,
  );
}

function shopIn({ config }: TestCluster, namespace: string): Target {
  const target = aTarget({ environment: { cluster: config.getCurrentContext(), namespace } });
  const { helm: _helm, ...service } = target.service;
  return { ...target, service };
}
