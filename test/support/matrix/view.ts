/** All that a release may touch in a namespace, for a comparison of before and after. */
import {
  AppsV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  PolicyV1Api,
  type KubeConfig,
  type KubernetesObject,
} from '@kubernetes/client-node';
import { scaledObjects } from '../keda.ts';

type Entries = Readonly<Record<string, string>>;

export interface View {
  /** By `Kind/name`. */
  readonly objects: Readonly<Record<string, ObjectView>>;
  /** Image and readiness of each pod that is not about to end. */
  readonly pods: readonly string[];
  /** Names of ConfigMaps, Secrets and Jobs, but for backups and for Helm's own records. */
  readonly others: readonly string[];
}

export interface ObjectView {
  readonly labels: Entries;
  readonly annotations: Entries;
  readonly spec: unknown;
}

/** Numbers of revisions: the cluster's own, and those that a way back has left, which "previous" goes past. */
const counters = ['deployment.kubernetes.io/revision', 'fairway.dev/left-revisions'];
const records = /^(ConfigMap\/(fairway-backup-|kube-root-ca)|Secret\/sh\.helm\.release\.)/;

export async function viewOf(kube: KubeConfig, namespace: string): Promise<View> {
  const [apps, core] = [kube.makeApiClient(AppsV1Api), kube.makeApiClient(CoreV1Api)];
  const at = { namespace };
  const scaled = kube.makeApiClient(CustomObjectsApi).listNamespacedCustomObject({ ...scaledObjects, ...at });
  const [deployments, services, hpas, budgets, sos, pods, configMaps, secrets, jobs] = await Promise.all([
    apps.listNamespacedDeployment(at),
    core.listNamespacedService(at),
    kube.makeApiClient(AutoscalingV2Api).listNamespacedHorizontalPodAutoscaler(at),
    kube.makeApiClient(PolicyV1Api).listNamespacedPodDisruptionBudget(at),
    scaled as Promise<{ readonly items: readonly KubernetesObject[] }>,
    core.listNamespacedPod(at),
    core.listNamespacedConfigMap(at),
    core.listNamespacedSecret(at),
    kube.makeApiClient(BatchV1Api).listNamespacedJob(at),
  ]);
  const compared = {
    Deployment: deployments.items,
    Service: services.items,
    HorizontalPodAutoscaler: hpas.items,
    PodDisruptionBudget: budgets.items,
    ScaledObject: sos.items,
  };
  const others = { ConfigMap: configMaps.items, Secret: secrets.items, Job: jobs.items };
  return {
    objects: Object.fromEntries(
      Object.entries(compared).flatMap(([kind, items]) =>
        items.map((object): [string, ObjectView] => [
          `${kind}/${object.metadata?.name ?? ''}`,
          objectView(object),
        ]),
      ),
    ),
    pods: pods.items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map(({ spec, status }) => {
        const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
        return `${spec?.containers[0]?.image ?? ''}, ready: ${ready ?? 'unknown'}`;
      })
      .sort(),
    others: Object.entries(others)
      .flatMap(([kind, items]) => items.map(({ metadata }) => `${kind}/${metadata?.name ?? ''}`))
      .filter((name) => !records.test(name))
      .sort(),
  };
}

function objectView(object: KubernetesObject & { readonly spec?: unknown }): ObjectView {
  const { labels = {}, annotations = {} } = object.metadata ?? {};
  const kept = Object.entries(annotations).filter(([key]) => !counters.includes(key));
  // Without what a class instance has besides.
  return JSON.parse(
    JSON.stringify({ labels, annotations: Object.fromEntries(kept), spec: object.spec }),
  ) as ObjectView;
}

/** As before but for the version, wherever it is written. */
export function withVersion(view: View, from: string, to: string): View {
  return JSON.parse(JSON.stringify(view).replaceAll(from, to)) as View;
}
