/** What matters to a release that makes a second Deployment: who else moves the pods, and what limits them. */
import type { V1Deployment, V1PodDisruptionBudget } from '@kubernetes/client-node';
import { minimumAvailable } from '../../domain/disruption-budget.ts';
import type {
  AutoscalerRef,
  ObservedDisruptionBudget,
  ObservedPodRoom,
  ObservedSurroundings,
} from '../../domain/observation.ts';
import { podRoom, type PodFacts } from '../../domain/pod-room.ts';
import type { Target } from '../../domain/target.ts';
import { trackDeployment } from '../../domain/track.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef } from './deployment.ts';
import { findScalers } from './find-scaler.ts';
import { selects } from './label-selects.ts';
import type { Permission } from './permissions.ts';
import { pauseOf } from './scaler.ts';
import { unlessMissing } from './unless-missing.ts';

export const surroundingsPermissions: readonly Permission[] = [
  {
    group: 'policy',
    resource: 'poddisruptionbudgets',
    verbs: ['list'],
    reason: 'know with how few pods the service may do',
  },
  {
    group: '',
    resource: 'resourcequotas',
    verbs: ['list'],
    reason: 'know how many pods more the namespace can take',
  },
];

/** Reads only. Throws what the API server answers. */
export async function observeSurroundings(
  clients: ClusterClients,
  target: Target,
): Promise<ObservedSurroundings> {
  const deployment = await clients.apps.readNamespacedDeployment(deploymentRef(target));
  const [autoscalers, disruptionBudget, room, leftoverTracks] = await Promise.all([
    autoscalersOf(clients, target),
    disruptionBudgetOf(clients, deployment),
    podRoomOf(clients, deployment),
    leftoverTracksOf(clients, target),
  ]);
  return {
    updatedReplicas: deployment.status?.updatedReplicas ?? 0,
    autoscalers,
    leftoverTracks,
    ...(disruptionBudget === undefined ? {} : { disruptionBudget }),
    ...(room === undefined ? {} : { podRoom: room }),
  };
}

async function autoscalersOf(clients: ClusterClients, target: Target): Promise<readonly AutoscalerRef[]> {
  const scalers = await findScalers(clients, target);
  return scalers.map((scaler) => ({ kind: scaler.kind, name: scaler.name, ...pauseOf(scaler) }));
}

/** Several may cover the pods: each holds, so the strictest does. */
async function disruptionBudgetOf(
  clients: ClusterClients,
  { metadata, spec }: V1Deployment,
): Promise<ObservedDisruptionBudget | undefined> {
  const { items } = await clients.policy.listNamespacedPodDisruptionBudget({
    namespace: metadata?.namespace ?? '',
  });
  const labels = spec?.template.metadata?.labels ?? {};
  const replicas = spec?.replicas ?? 1;
  return items
    .filter((budget) => selects(budget.spec?.selector, labels))
    .map(observedBudget)
    .sort((a, b) => minimumAvailable(b, replicas) - minimumAvailable(a, replicas))[0];
}

function observedBudget({ metadata, spec }: V1PodDisruptionBudget): ObservedDisruptionBudget {
  const { minAvailable, maxUnavailable } = spec ?? {};
  return {
    name: metadata?.name ?? '',
    ...(minAvailable === undefined ? {} : { minAvailable }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
  };
}

async function podRoomOf(
  clients: ClusterClients,
  { metadata, spec }: V1Deployment,
): Promise<ObservedPodRoom | undefined> {
  const { items } = await clients.core.listNamespacedResourceQuota({ namespace: metadata?.namespace ?? '' });
  // Which pods a scoped quota counts is the API server's to say: it names the quota when it refuses one.
  const quotas = items
    .filter((quota) => quota.spec?.scopes === undefined && quota.spec?.scopeSelector === undefined)
    .map((quota) => ({
      name: quota.metadata?.name ?? '',
      hard: quota.status?.hard ?? quota.spec?.hard ?? {},
      used: quota.status?.used ?? {},
    }));
  return podRoom(quotas, podFacts(spec?.template.spec));
}

function podFacts(spec: NonNullable<V1Deployment['spec']>['template']['spec']): PodFacts {
  const resourcesOf = ({ resources = {} }: { readonly resources?: PodFacts['containers'][number] }) =>
    resources;
  const initContainers = spec?.initContainers ?? [];
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  return {
    containers: [...(spec?.containers ?? []), ...sidecars].map(resourcesOf),
    initContainers: initContainers.filter((each) => !sidecars.includes(each)).map(resourcesOf),
  };
}

async function leftoverTracksOf(clients: ClusterClients, target: Target): Promise<readonly string[]> {
  const { name, namespace } = deploymentRef(target);
  const found = await Promise.all(
    (['canary', 'green'] as const).map(async (track) => {
      const ref = { name: trackDeployment(name, track), namespace };
      return (await unlessMissing(() => clients.apps.readNamespacedDeployment(ref))) && ref.name;
    }),
  );
  return found.filter((each) => each !== undefined);
}
