/** What explains nothing alone, and helps to decide: use near limits, and budgets that hold nodes up. */
import type { DiagnosisRule, Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation, UsageFact } from './diagnosis.ts';
import { containerFacts, inNamespace, listed, share, unique, valueOf } from './diagnosis-look.ts';
import { parseQuantity } from './quantity.ts';

/** Share of a limit from which on it matters. */
const nearLimit = 0.9;

export const surroundingsRules: readonly DiagnosisRule[] = [
  { id: 'memory-near-limit', look: nearTo('memory') },
  { id: 'cpu-near-limit', look: nearTo('cpu') },
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
