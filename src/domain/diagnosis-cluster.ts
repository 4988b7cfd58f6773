/** What nodes and the cluster do to pods; the version is not to blame. */
import { type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation, NodeFact } from './diagnosis.ts';
import {
  eventEvidence,
  inNamespace,
  listed,
  podEvents,
  pods,
  share,
  unique,
  valueOf,
} from './diagnosis-look.ts';
import type { PodObservation } from './rollout-observation.ts';

const preempted = 'PreemptionByScheduler';
/** A kubelet that was given a pod says something within seconds (milliseconds). */
const silenceMs = 60_000;

export const clusterRules: readonly DiagnosisRule[] = [
  { id: 'scheduler-silent', look: schedulerSilent },
  { id: 'sandbox-failing', look: sandbox },
  { id: 'node-silent', look: nodeSilent },
  {
    id: 'pod-evicted',
    look: (seen) =>
      taken(
        seen,
        ({ phase, reason }) => phase === 'Failed' && reason !== undefined,
        ({ reason = '', message = '' }) => `${reason}: ${message}`,
        (count, detail) => ({
          headline: `${count} ${count === 1 ? 'pod was' : 'pods were'} put out by the node (${detail})`,
          cause:
            'The node was short of memory or disk, or is shutting down; the ReplicaSet makes new pods elsewhere.',
          remedy: `See the nodes (kubectl describe nodes), and set requests near to what the pods use: kubectl top pods ${inNamespace(seen)}.`,
        }),
      ),
  },
  {
    id: 'pod-preempted',
    look: (seen) =>
      taken(
        seen,
        ({ phase, disrupted }) => phase !== 'Failed' && disrupted?.reason === preempted,
        ({ disrupted }) => disrupted?.message ?? '',
        (count) => ({
          headline: `${count} ${count === 1 ? 'pod gives' : 'pods give'} way to pods of a higher priority`,
          cause: 'The nodes are full, and the scheduler makes room for something more important.',
          remedy: `Add a node, or give ${seen.deployment} a PriorityClass of its own: kubectl get priorityclasses.`,
        }),
      ),
  },
  {
    id: 'pod-disrupted',
    look: (seen) =>
      taken(
        seen,
        ({ phase, disrupted }) =>
          phase !== 'Failed' && disrupted !== undefined && disrupted.reason !== preempted,
        ({ disrupted }) => `${disrupted?.reason ?? ''}: ${disrupted?.message ?? ''}`,
        (count, detail) => ({
          headline: `${count} ${count === 1 ? 'pod is' : 'pods are'} being moved away (${detail})`,
          cause: 'Its node is being emptied or is going; the ReplicaSet makes new pods elsewhere.',
          remedy:
            'See who works on the nodes: kubectl get nodes; kubectl get events -A --field-selector involvedObject.kind=Node.',
        }),
      ),
  },
  {
    id: 'node-not-ready',
    look: (seen) =>
      ownNodes(
        seen,
        ({ ready }) => !ready,
        (names) => ({
          headline: `${names} ${names.includes(' and ') ? 'are' : 'is'} not ready, and ${names.includes(' and ') ? 'have' : 'has'} pods of ${seen.deployment}`,
          cause: 'The kubelet does not report, or the node’s network is down.',
          remedy: 'See the node’s conditions: kubectl describe nodes.',
        }),
      ),
  },
  {
    id: 'node-pressure',
    look: (seen) =>
      ownNodes(
        seen,
        ({ pressures }) => pressures.length > 0,
        (names, nodes) => ({
          headline: `${names}: ${listed(unique(nodes.flatMap(({ pressures }) => pressures)))}`,
          cause: 'The node is short of something, takes no new pods and may put some out.',
          remedy: 'See what fills it: kubectl describe nodes; kubectl top nodes.',
        }),
      ),
  },
];

function schedulerSilent(seen: DiagnosisObservation): readonly Found[] {
  const unseen = pods(seen).filter(
    ({ phase, scheduled, createdAt, containers }) =>
      phase === 'Pending' &&
      scheduled === undefined &&
      containers.length === 0 &&
      seen.at - createdAt > 10_000,
  );
  const waiting = unseen.filter(({ name }) => placeOf(seen, name)?.node === undefined);
  if (waiting.length === 0) return [];
  const scheduler = seen.workload?.scheduler ?? 'default-scheduler';
  return [
    {
      about: 'scheduling',
      headline: `No scheduler has looked at ${share(waiting.length, seen)}: they wait for "${scheduler}"`,
      cause: `The scheduler named in the template does not run, or is far behind.`,
      remedy: `Correct schedulerName in the template, or see that it runs: kubectl get pods -n kube-system.`,
      evidence: waiting.map(({ name }) => ({
        subject: `pod ${name}`,
        detail: 'has no PodScheduled condition',
      })),
    },
  ];
}

function sandbox(seen: DiagnosisObservation): readonly Found[] {
  const starting = pods(seen).filter(hasNotStarted);
  const events = starting.flatMap(({ name }) =>
    podEvents(seen, name).filter(({ reason }) =>
      ['FailedCreatePodSandBox', 'NetworkNotReady'].includes(reason),
    ),
  );
  const [first] = events;
  if (first === undefined) return [];
  return [
    {
      about: 'sandbox',
      headline: `The network or sandbox of a pod cannot be made: ${first.message}`,
      cause: 'The container runtime or the network plug-in of the node fails, often for want of addresses.',
      remedy:
        'See the network plug-in’s pods (kubectl get pods -n kube-system -o wide); if one node alone shows it, cordon it: kubectl cordon <node>.',
      evidence: eventEvidence(events),
    },
  ];
}

function nodeSilent(seen: DiagnosisObservation): readonly Found[] {
  const silent = pods(seen).filter(
    ({ scheduled, containers }) =>
      scheduled?.status === 'True' && containers.length === 0 && seen.at - scheduled.since > silenceMs,
  );
  if (silent.length === 0) return [];
  const nodes = unique(silent.flatMap(({ name }) => placeOf(seen, name)?.node ?? []));
  return [
    {
      about: 'nodes',
      headline: `Node ${listed(nodes)} does nothing with ${share(silent.length, seen)} that it was given`,
      cause: 'The kubelet of the node is down, overloaded or cut off.',
      remedy: `See the node (kubectl describe node ${nodes[0] ?? ''}), and keep pods away until it works: kubectl cordon ${nodes[0] ?? ''}.`,
      evidence: silent.map(({ name }) => ({
        subject: `pod ${name}`,
        detail: 'scheduled, and no container was begun',
      })),
    },
  ];
}

function hasNotStarted({ containers }: PodObservation): boolean {
  return containers.every(
    ({ running, terminated, lastTermination }) => !running && !terminated && !lastTermination,
  );
}

function placeOf({ places }: DiagnosisObservation, name: string) {
  return places.find(({ pod }) => pod === name);
}

function taken(
  seen: DiagnosisObservation,
  matches: (pod: PodObservation) => boolean,
  detail: (pod: PodObservation) => string,
  words: (count: number, detail: string) => Omit<Found, 'about' | 'evidence'>,
): readonly Found[] {
  const gone = seen.rollout.pods.filter(matches);
  const [first] = gone;
  if (first === undefined) return [];
  return [
    {
      about: 'disruption',
      ...words(gone.length, detail(first)),
      evidence: gone.map((pod) => ({ subject: `pod ${pod.name}`, detail: detail(pod) })),
    },
  ];
}

function ownNodes(
  seen: DiagnosisObservation,
  matches: (node: NodeFact) => boolean,
  words: (names: string, nodes: readonly NodeFact[]) => Omit<Found, 'about' | 'evidence'>,
): readonly Found[] {
  const own = seen.places.map(({ node }) => node);
  const nodes = valueOf(seen.nodes).filter((node) => own.includes(node.name) && matches(node));
  if (nodes.length === 0) return [];
  const names = `${nodes.length === 1 ? 'Node' : 'Nodes'} ${listed(nodes.map(({ name }) => name))}`;
  return [
    {
      about: 'nodes',
      ...words(names, nodes),
      evidence: nodes.map(({ name, ready, pressures }) => ({
        subject: `node ${name}`,
        detail: [ready ? 'Ready' : 'NotReady', ...pressures].join(', '),
      })),
    },
  ];
}
