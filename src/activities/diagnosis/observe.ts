/** Collects everything around one Deployment, in parallel and in time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Deployment } from '@kubernetes/client-node';
import type { DiagnosisObservation, Seen } from '../../domain/diagnosis-observation.ts';
import type { RolloutObservation } from '../../domain/rollout-observation.ts';
import { isObserved, selectorText } from '../kubernetes/deployment.ts';
import { unlessMissing } from '../kubernetes/unless-missing.ts';
import type { Looker } from './looker.ts';
import { observePods } from './observe-pods.ts';
import { budgets, claims, missingReferences, nodes, quotas } from './namespace.ts';
import type { DiagnosisCluster, Own, Scene } from './scene.ts';
import { serviceFact } from './service.ts';
import type { DiagnoseInput } from './types.ts';
import { workloadFacts } from './workload.ts';
import { nodeUsage, usage } from './usage.ts';

/**
 * A controller that is well acts within milliseconds, and until then nothing tells which pods are the newest. Asked
 * again and not watched as `awaitObserved` does: a diagnosis may only read the Deployment.
 */
const lookAgainMs = 250;
const maxLooks = 8;

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
  const read = looker.see(`Deployment ${name}`, async () => {
    const readNow = () =>
      unlessMissing(() => clients.apps.readNamespacedDeployment({ name, namespace }, looker.options));
    let found = await readNow();
    for (let looks = 1; found !== undefined && !isObserved(found) && looks < maxLooks; looks += 1) {
      await sleep(lookAgainMs, undefined, { signal: looker.signal });
      found = await readNow();
    }
    return found;
  });
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
    ...(input.failure === undefined ? {} : { failure: input.failure }),
    gaps: [...(deployment.state === 'unseen' ? [deployment.reason] : []), ...own.gaps],
  };
}

function stateOf(deployment: Seen<V1Deployment | undefined>): DiagnosisObservation['deploymentState'] {
  if (deployment.state === 'unseen') return 'unseen';
  return deployment.value === undefined ? 'missing' : 'present';
}

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
  const facts = { ...pods, workload, budgets: budgetFacts, claims: claimFacts, missing, usage: usageFacts };
  // Where there is no metrics API, that is said once.
  if (usageFacts.state === 'unseen') return facts;
  return { ...facts, nodeUsage: await looker.see('what nodes use', () => nodeUsage(clients, looker)) };
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
