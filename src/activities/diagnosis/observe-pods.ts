/** The pods of a Deployment, and what they and the cluster say of those that are not well. */
import type { V1Deployment, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { CheckFact, LogFact, Seen } from '../../domain/diagnosis-observation.ts';
import type { RolloutObservation } from '../../domain/rollout-observation.ts';
import { containerNamed, isOwnedBy, selectorText } from '../kubernetes/deployment.ts';
import { observeRollout } from '../kubernetes/observe-rollout.ts';
import { askProbes } from './answers.ts';
import { askChecks } from './checks.ts';
import { eventsOf, type ObjectRef } from './events.ts';
import { maxPods } from './limits.ts';
import { isUnwell, logsToRead, readLog, type LogQuestion } from './logs.ts';
import { probeHeaders } from './probe-headers.ts';
import type { Own, Scene } from './scene.ts';
import { namedFirst, podsNamedIn, suspectsOf } from './suspects.ts';
import { podPlace, workloadFacts } from './workload.ts';

type Pods = Pick<Own, 'rollout' | 'places' | 'events' | 'logs' | 'answers' | 'checks' | 'container' | 'gaps'>;

export async function observePods(scene: Scene, deployment: V1Deployment): Promise<Pods> {
  const { cluster, input, namespace, looker } = scene;
  const { clients, verification } = cluster;
  const { container } = input.target.service;
  const labelSelector = selectorText(deployment.spec?.selector);
  const lists = await looker.see('the pods', () =>
    Promise.all([
      clients.apps.listNamespacedReplicaSet({ namespace, labelSelector }, looker.options),
      clients.core.listNamespacedPod({ namespace, labelSelector }, looker.options),
    ]),
  );
  const [replicaSets, pods] =
    lists.state === 'seen' ? ([lists.value[0].items, lists.value[1].items] as const) : [[], []];
  const expectedImage = input.image ?? containerNamed(deployment, container)?.image ?? '';
  const rollout = observeRollout({ deployment, replicaSets, pods, container, expectedImage });
  const workload = workloadFacts(deployment);
  const named = podsNamedIn(input.failure);
  const unwell = namedFirst(rollout.pods.filter(isUnwell), named).slice(0, maxPods);
  const suspects = suspectsOf(rollout.pods, input.failure);
  const looked = [...new Set([...unwell, ...suspects].map(({ name }) => name))];
  const asker = { cluster: verification, target: input.target, looker };
  const objects: readonly ObjectRef[] = [
    { kind: 'Deployment', name: scene.name },
    ...(rollout.newest === undefined ? [] : [{ kind: 'ReplicaSet' as const, name: rollout.newest.name }]),
    ...looked.map((name) => ({ kind: 'Pod' as const, name })),
    ...workload.claims.map((name) => ({ kind: 'PersistentVolumeClaim' as const, name })),
  ];
  const questions = logsToRead(unwell);
  // Whether or not they are ready: what failed shows in what they do.
  const toRead = [...questions, ...ownLogs(suspects, container).filter((one) => !isAmong(questions, one))];
  const [events, answers, logs, [checks, checkedLogs]] = await Promise.all([
    looker.see('the events', () => eventsOf(clients, namespace, objects, looker)),
    looker.see('direct questions to the pods', () =>
      askProbes({ ...asker, headers: probeHeaders(deployment, pods) }, workload, unwell),
    ),
    readLogs(scene, toRead),
    askChecks(asker, scene.name, named).then(
      async (asked) => [asked, await logsOfFailing(scene, asked, toRead)] as const,
    ),
  ]);
  const allLogs = [...logs, ...checkedLogs];
  return {
    rollout,
    places: ownPods(deployment, replicaSets, pods).map((pod) => podPlace(pod, namesOf(rollout))),
    events,
    logs: allLogs.flatMap((log) => (log.state === 'seen' ? [log.value] : [])),
    answers: answers.state === 'seen' ? answers.value : [],
    checks,
    container,
    gaps: [lists, answers, ...allLogs].flatMap((part) => (part.state === 'unseen' ? [part.reason] : [])),
  };
}

function readLogs(
  { cluster, namespace, looker }: Scene,
  questions: readonly LogQuestion[],
): Promise<readonly Seen<LogFact>[]> {
  return Promise.all(
    questions.map((question) =>
      looker.see(`the log of pod ${question.pod}, container ${question.container}`, () =>
        readLog(cluster.clients, namespace, question, looker),
      ),
    ),
  );
}

/** Of pods that are ready and fail a check, the log tells why. */
function logsOfFailing(
  scene: Scene,
  checks: Seen<readonly CheckFact[]>,
  read: readonly LogQuestion[],
): Promise<readonly Seen<LogFact>[]> {
  const failed = checks.state === 'seen' ? checks.value.flatMap((check) => check.failed) : [];
  const names = [...new Set(failed.map(({ pod }) => pod))].slice(0, maxPods);
  const { container } = scene.input.target.service;
  const questions = ownLogs(
    names.map((name) => ({ name })),
    container,
  );
  return readLogs(
    scene,
    questions.filter((one) => !isAmong(read, one)),
  );
}

function ownLogs(pods: readonly { readonly name: string }[], container: string): readonly LogQuestion[] {
  return pods.map(({ name: pod }) => ({ pod, container, previous: false }));
}

function isAmong(questions: readonly LogQuestion[], { pod, container, previous }: LogQuestion): boolean {
  return questions.some((one) => one.pod === pod && one.container === container && one.previous === previous);
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

function namesOf({ pods }: RolloutObservation): readonly string[] {
  return pods.map(({ name }) => name);
}
