/** What explains nothing alone, and helps to decide: use near limits, and budgets that hold nodes up. */
import type { DiagnosisRule, Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation, UsageFact } from './diagnosis-observation.ts';
import { containerFacts, inNamespace, listed, share, unique, valueOf } from './diagnosis-look.ts';
import { parseQuantity } from './quantity.ts';

/** Share of a limit from which on it matters. */
const nearLimit = 0.9;

export const surroundingsRules: readonly DiagnosisRule[] = [
  { id: 'memory-near-limit', look: nearTo('memory') },
  { id: 'cpu-near-limit', look: nearTo('cpu') },
  { id: 'node-memory-used-up', look: nodesNearTo('memory') },
  { id: 'node-cpu-used-up', look: nodesNearTo('cpu') },
  { id: 'disruption-budget-blocks', look: budgets },
];

function nearTo(resource: 'cpu' | 'memory'): DiagnosisRule['look'] {
  return (seen) => {
    const near = valueOf(seen.usage).flatMap((usage) => {
      const limit = limitOf(usage, resource, seen);
      const used = parseQuantity(usage[resource]);
      return limit !== undefined && used !== undefined && used >= limit.amount * nearLimit
        ? [{ pod: usage.pod, container: usage.container, used: usage[resource], limit: limit.text }]
        : [];
    });
    return unique(near.map(({ container }) => container)).map((container) => {
      const its = near.filter((each) => each.container === container);
      const name = resource === 'cpu' ? 'CPU' : 'memory';
      return {
        about: `usage of ${name} by ${container}`,
        headline: `Container ${container} uses almost its whole ${name} limit of ${its[0]?.limit ?? ''} (${share(its.length, seen)})`,
        cause:
          resource === 'cpu'
            ? 'At the limit the container is slowed down: it starts and answers late, and probes fail.'
            : 'At the limit the container is killed.',
        remedy: `Raise the limit or find what uses it: kubectl top pods ${inNamespace(seen)} --containers.`,
        evidence: its.map(({ pod, used, limit }) => ({
          subject: `pod ${pod}, container ${container}`,
          detail: `${used} of ${limit}`,
        })),
      };
    });
  };
}

function limitOf({ container }: UsageFact, resource: string, seen: DiagnosisObservation) {
  const text = containerFacts(seen, container)?.limits[resource];
  const amount = text === undefined ? undefined : parseQuantity(text);
  return text === undefined || amount === undefined || amount <= 0 ? undefined : { text, amount };
}

/** Of the nodes that the pods are on: what others use there slows them down, too. */
function nodesNearTo(resource: 'cpu' | 'memory'): DiagnosisRule['look'] {
  const name = resource === 'cpu' ? 'CPU' : 'memory';
  return (seen) => {
    const all = seen.nodeUsage === undefined ? [] : valueOf(seen.nodeUsage);
    const near = all.flatMap((usage) => {
      const node = valueOf(seen.nodes).find((each) => each.name === usage.node);
      const whole = node?.allocatable[resource];
      const used = parseQuantity(usage[resource]);
      const amount = whole === undefined ? undefined : parseQuantity(whole);
      const isOwn = seen.places.some((place) => place.node === usage.node);
      return isOwn &&
        whole !== undefined &&
        used !== undefined &&
        amount !== undefined &&
        used >= amount * nearLimit
        ? [{ subject: `node ${usage.node}`, detail: `${usage[resource]} of ${whole}` }]
        : [];
    });
    if (near.length === 0) return [];
    return [
      {
        about: `usage of ${name} by nodes`,
        headline: `${listed(near.map(({ subject }) => subject))} ${near.length === 1 ? 'has' : 'have'} hardly any ${name} left`,
        cause:
          resource === 'cpu'
            ? 'Everything on the node is slowed down, also the pods of this Deployment.'
            : 'The kubelet puts pods out when it runs short, and the kernel kills processes before that.',
        remedy: 'See what uses it: kubectl top nodes; kubectl top pods -A --sort-by=' + resource + '.',
        evidence: near,
      },
    ];
  };
}

/** A rolling update asks no budget; emptying a node does, and preemption where it can. */
function budgets(seen: DiagnosisObservation): readonly Found[] {
  const emptied = valueOf(seen.nodes).filter(
    ({ name, unschedulable }) => unschedulable && seen.places.some(({ node }) => node === name),
  );
  const blocking = valueOf(seen.budgets).filter(({ disruptionsAllowed }) => disruptionsAllowed === 0);
  if (emptied.length === 0 || blocking.length === 0) return [];
  const [first] = blocking;
  return [
    {
      about: 'budget',
      headline: `PodDisruptionBudget ${first?.name ?? ''} lets no pod be moved, and cordoned ${listed(emptied.map(({ name }) => name))} cannot be emptied`,
      cause: `It asks for ${first?.desiredHealthy ?? 0} healthy pods, and ${first?.currentHealthy ?? 0} are.`,
      remedy: `Repair the pods first; a drain goes on by itself then: kubectl get pdb ${inNamespace(seen)}.`,
      evidence: blocking.map(({ name, currentHealthy, desiredHealthy }) => ({
        subject: `PodDisruptionBudget ${name}`,
        detail: `0 disruptions allowed, ${currentHealthy} of ${desiredHealthy} healthy`,
      })),
    },
  ];
}
