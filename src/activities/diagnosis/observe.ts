/** Collects everything around one Deployment, in parallel and in time. */
import type { V1Deployment, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { DiagnosisObservation, Seen } from '../../domain/diagnosis.ts';
import type { RolloutObservation } from '../../domain/rollout-observation.ts';
import type { ClusterClients } from '../kubernetes/clients.ts';
import { containerNamed, isOwnedBy, selectorText } from '../kubernetes/deployment.ts';
import { observeRollout } from '../kubernetes/observe-rollout.ts';
import { unlessMissing } from '../kubernetes/unless-missing.ts';
import type { VerificationCluster } from '../verification/cluster.ts';
import { askProbes } from './answers.ts';
import { eventsOf, type ObjectRef } from './events.ts';
import { maxPods } from './limits.ts';
import { isUnwell, logsToRead, readLog } from './logs.ts';
import type { Looker } from './looker.ts';
import { budgets, claims, missingReferences, nodes, quotas, usage } from './namespace.ts';
import { serviceFact } from './service.ts';
import type { DiagnoseInput } from './types.ts';
import { podPlace, workloadFacts } from './workload.ts';

export interface DiagnosisCluster {
  readonly clients: ClusterClients;
  /** Asks pods directly. */
  readonly verification: VerificationCluster;
}

interface Scene {
  readonly cluster: DiagnosisCluster;
  readonly input: DiagnoseInput;
  readonly namespace: string;
  readonly name: string;
  readonly looker: Looker;
}

export async function observe(
  cluster: DiagnosisCluster,
  input: DiagnoseInput,
  looker: Looker,
): Promise<DiagnosisObservation> {
  const { target } = input;
  const { namespace } = target.environment;
  const name = input.deployment ?? target.service.deployment;
  const scene: Scene = { cluster, input, namespace, name, looker };
  const { clients } = cluster;
  const read = looker.see(`Deployment ${name}`, () =>
    unlessMissing(() => clients.apps.readNamespacedDeployment({ name, namespace }, looker.options)),
  );
  const around = Promise.all([
    looker.see('the quotas', () => quotas(clients, namespace, looker)),
    looker.see('the nodes', () => nodes(clients, looker)),
  ]);
  const deployment = await read;
  const value = deployment.state === 'seen' ? deployment.value : undefined;
  const [own, service, [quotaFacts, nodeFacts]] = await Promise.all([
    observeOwn(scene, value),
    observeService(scene, value),
    around,
  ]);
  return {
    at: Date.now(),
    namespace,
    deployment: name,
    deploymentState: stateOf(deployment),
    ...own,
    ...(service === undefined ? {} : { service }),
    quotas: quotaFacts,
    nodes: nodeFacts,
    gaps: [...(deployment.state === 'unseen' ? [deployment.reason] : []), ...own.gaps],
  };
}

function stateOf(deployment: Seen<V1Deployment | undefined>): DiagnosisObservation['deploymentState'] {
  if (deployment.state === 'unseen') return 'unseen';
  return deployment.value === undefined ? 'missing' : 'present';
}

type Own = Omit<
  DiagnosisObservation,
  'at' | 'namespace' | 'deployment' | 'deploymentState' | 'service' | 'quotas' | 'nodes'
>;

/** What belongs to the Deployment: nothing where there is none. */
async function observeOwn(scene: Scene, deployment: V1Deployment | undefined): Promise<Own> {
  const none = { state: 'seen', value: [] } as const;
  if (deployment === undefined) {
    const rollout: RolloutObservation = {
      expectedImage: scene.input.image ?? '',
      pods: [],
      oldPods: { live: 0, terminating: 0 },
    };
    const parts = { events: none, budgets: none, claims: none, missing: none, usage: none };
    return { rollout, places: [], logs: [], answers: [], gaps: [], ...parts };
  }
  const { cluster, namespace, looker } = scene;
  const { clients } = cluster;
  const workload = workloadFacts(deployment);
  const labelSelector = selectorText(deployment.spec?.selector);
  const [pods, budgetFacts, claimFacts, missing, usageFacts] = await Promise.all([
    observePods(scene, deployment),
    looker.see('the disruption budgets', () => budgets(clients, namespace, deployment, looker)),
    looker.see('the volumes', () => claims(clients, namespace, workload.claims, looker)),
    looker.see('the Secrets and ConfigMaps', () => missingReferences(clients, namespace, deployment, looker)),
    looker.see('what containers use', () => usage(clients, namespace, labelSelector, looker)),
  ]);
  return { ...pods, workload, budgets: budgetFacts, claims: claimFacts, missing, usage: usageFacts };
}

type Pods = Pick<Own, 'rollout' | 'places' | 'events' | 'logs' | 'answers' | 'gaps'>;

/** The pods, and of those that are not well what they and the cluster say. */
async function observePods(scene: Scene, deployment: V1Deployment): Promise<Pods> {
  const { cluster, input, namespace, looker } = scene;
  const { clients, verification } = cluster;
  const labelSelector = selectorText(deployment.spec?.selector);
  const { container } = input.target.service;
  const lists = await looker.see('the pods', () =>
    Promise.all([
      clients.apps.listNamespacedReplicaSet({ namespace, labelSelector }, looker.options),
      clients.core.listNamespacedPod({ namespace, labelSelector }, looker.options),
    ]),
  );
  const [replicaSets, pods] =
    lists.state === 'seen' ? ([lists.value[0].items, lists.value[1].items] as const) : [[], []];
  const rollout = observeRollout({
    deployment,
    replicaSets,
    pods,
    container,
    expectedImage: input.image ?? containerNamed(deployment, container)?.image ?? '',
  });
  const workload = workloadFacts(deployment);
  const unwell = rollout.pods.filter(isUnwell).slice(0, maxPods);
  const objects: readonly ObjectRef[] = [
    { kind: 'Deployment', name: scene.name },
    ...(rollout.newest === undefined ? [] : [{ kind: 'ReplicaSet' as const, name: rollout.newest.name }]),
    ...unwell.map(({ name }) => ({ kind: 'Pod' as const, name })),
    ...workload.claims.map((name) => ({ kind: 'PersistentVolumeClaim' as const, name })),
  ];
  const [events, answers, logs] = await Promise.all([
    looker.see('the events', () => eventsOf(clients, namespace, objects, looker)),
    looker.see('direct questions to the pods', () =>
      askProbes({ cluster: verification, target: input.target, looker }, workload, unwell),
    ),
    Promise.all(
      logsToRead(unwell).map((question) =>
        looker.see(`the log of pod ${question.pod}, container ${question.container}`, () =>
          readLog(clients, namespace, question, looker),
        ),
      ),
    ),
  ]);
  return {
    rollout,
    places: ownPods(deployment, replicaSets, pods).map((pod) => podPlace(pod, current(rollout))),
    events,
    logs: logs.flatMap((log) => (log.state === 'seen' ? [log.value] : [])),
    answers: answers.state === 'seen' ? answers.value : [],
    gaps: [lists, answers, ...logs].flatMap((part) => (part.state === 'unseen' ? [part.reason] : [])),
  };
}

/** Labels alone may match another Deployment's pods. */
function ownPods(
  { metadata }: V1Deployment,
  replicaSets: readonly V1ReplicaSet[],
  pods: readonly V1Pod[],
): readonly V1Pod[] {
  const own = replicaSets.filter((replicaSet) => isOwnedBy(replicaSet, metadata?.uid));
  return pods.filter((pod) => own.some((replicaSet) => isOwnedBy(pod, replicaSet.metadata?.uid)));
}

function current({ pods }: RolloutObservation): readonly string[] {
  return pods.map(({ name }) => name);
}

/** The target's own Service; a track is not meant to have its traffic at every moment. */
async function observeService(
  { cluster, input, namespace, name, looker }: Scene,
  deployment: V1Deployment | undefined,
): Promise<DiagnosisObservation['service']> {
  const { service } = input.target;
  if (name !== service.deployment) return undefined;
  return looker.see(`Service ${service.kubernetesService}`, () =>
    serviceFact(cluster.clients, { namespace, name: service.kubernetesService }, deployment, looker),
  );
}
