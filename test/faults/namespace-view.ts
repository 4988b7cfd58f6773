/** What there is in a lane's namespace, in one look. */
import type {
  KubernetesObject,
  V1ConfigMap,
  V1Deployment,
  V1DeploymentSpec,
  V1ObjectMeta,
  V1Pod,
  V1PodSpec,
  V1ReplicaSet,
  V1Secret,
} from '@kubernetes/client-node';
import type { Bench } from './bench.ts';
import type { Lane } from './lane.ts';
import { deployment } from './lane-configuration.ts';

export interface NamespaceView {
  readonly spec: V1DeploymentSpec;
  /** Of the Deployment's template. */
  readonly image: string;
  /** Of each pod that is not about to end. */
  readonly podImages: readonly string[];
  /** Images of the ReplicaSets that want or have pods. */
  readonly replicaSetsInUse: readonly string[];
  /** Helm's revisions, oldest first. */
  readonly helmRevisions: readonly { readonly revision: number; readonly status: string }[];
  readonly backupKeys: readonly string[];
  /** `Kind/name` of everything that a release could leave behind. */
  readonly objects: readonly string[];
  /** What a release may change for its length and no longer: the Service, autoscaler, budget, as text. */
  readonly surroundings: readonly string[];
}

const lasting = 'configmaps,secrets,services,horizontalpodautoscalers,poddisruptionbudgets,jobs';
const workload = 'deployments,replicasets,pods';
const surroundings = ['Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'];

interface Kinds {
  readonly Deployment: V1Deployment;
  readonly ReplicaSet: V1ReplicaSet;
  readonly Pod: V1Pod;
  readonly Secret: V1Secret;
  readonly ConfigMap: V1ConfigMap;
}
type Kind = keyof Kinds;

export async function lookAt({ cluster }: Bench, lane: Lane): Promise<NamespaceView> {
  const args = ['get', `${lasting},${workload}`, '--namespace', lane.name, '--output', 'json'];
  const { items } = JSON.parse(await cluster.kubectl(args)) as { items: (KubernetesObject & Kinds[Kind])[] };
  const of = <K extends Kind>(kind: K) =>
    items.filter((item): item is KubernetesObject & Kinds[K] => item.kind === kind);

  const spec = of('Deployment').find(({ metadata }) => metadata?.name === deployment)?.spec;
  if (spec === undefined) throw new Error(`There is no Deployment ${deployment} in ${lane.name}.`);
  return {
    spec,
    image: imageOf(spec.template.spec),
    podImages: of('Pod')
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map((pod) => imageOf(pod.spec)),
    replicaSetsInUse: of('ReplicaSet')
      .filter(({ spec, status }) => spec?.replicas !== 0 || status?.replicas !== 0)
      .map(({ spec }) => imageOf(spec?.template?.spec)),
    helmRevisions: of('Secret')
      .map(({ metadata }) => metadata?.labels ?? {})
      .filter((labels) => labels['owner'] === 'helm')
      .map((labels) => ({ revision: Number(labels['version']), status: labels['status'] ?? '' }))
      .sort((a, b) => a.revision - b.revision),
    backupKeys: of('ConfigMap').flatMap(({ metadata }) => metadata?.annotations?.['fairway.dev/key'] ?? []),
    objects: items
      .filter(({ kind }) => kind !== 'Pod' && kind !== 'ReplicaSet')
      .map(({ kind, metadata }) => `${kind ?? ''}/${metadata?.name ?? ''}`),
    surroundings: items
      .filter(({ kind }) => surroundings.includes(kind ?? ''))
      .map((item) =>
        JSON.stringify({ kind: item.kind, ...marksOf(item.metadata), spec: 'spec' in item && item.spec }),
      ),
  };
}

function marksOf({ name, labels, annotations }: V1ObjectMeta = {}) {
  return { name, labels, annotations };
}

function imageOf(pod: V1PodSpec | undefined): string {
  return pod?.containers[0]?.image ?? '';
}
