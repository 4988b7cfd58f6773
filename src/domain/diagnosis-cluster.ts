/** What nodes and the cluster do to pods; the version is not to blame. */
import { type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation, NodeFact } from './diagnosis-observation.ts';
import { inNamespace, listed, unique, valueOf } from './diagnosis-look.ts';
import type { PodObservation } from './rollout-observation.ts';

const preempted = 'PreemptionByScheduler';

export const clusterRules: readonly DiagnosisRule[] = [
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
