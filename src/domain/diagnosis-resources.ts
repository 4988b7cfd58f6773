/** Pods that ask for more than a node has left. */
import type { Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import { share, valueOf } from './diagnosis-look.ts';
import { parseQuantity } from './quantity.ts';

export function resourceWords(
  resource: string,
  { count }: { readonly count: number },
  seen: DiagnosisObservation,
): Pick<Found, 'headline' | 'cause' | 'remedy'> {
  const name = resource === 'cpu' ? 'CPU' : resource;
  const asked = requested(resource, seen);
  const each = asked === undefined ? '' : `, each asking for ${asked.text}`;
  const largest = largestNode(resource, seen);
  if (asked !== undefined && largest !== undefined && asked.amount > largest.amount) {
    return {
      headline: `A pod asks for ${asked.text} ${name}, and the largest node has ${largest.text}; ${share(count, seen)} wait`,
      cause: 'No node of this cluster could ever take such a pod, however empty it is.',
      remedy: `Lower the request (kubectl set resources deployment/${seen.deployment} -n ${seen.namespace} --requests=${resource}=…), or add larger nodes.`,
    };
  }
  return {
    headline: `No node has enough ${name} left; ${share(count, seen)} wait${each}`,
    cause: `What other pods have requested leaves too little ${name} on every node that fits; requests count, not use.`,
    remedy: `Add a node or free one (kubectl describe nodes | grep -A 5 "Allocated resources"), or lower the request: kubectl set resources deployment/${seen.deployment} -n ${seen.namespace} --requests=${resource}=….`,
  };
}

interface Amount {
  readonly amount: number;
  readonly text: string;
}

/** What one pod asks for, if all its containers' requests can be read. */
function requested(resource: string, { workload }: DiagnosisObservation): Amount | undefined {
  const texts = (workload?.containers ?? [])
    .filter(({ isInit }) => !isInit)
    .flatMap(({ requests }) => requests[resource] ?? []);
  const amounts = texts.map((text) => parseQuantity(text) ?? Number.NaN);
  const amount = amounts.reduce((sum, value) => sum + value, 0);
  return texts.length === 0 || Number.isNaN(amount) ? undefined : { amount, text: texts.join(' + ') };
}

function largestNode(resource: string, { nodes }: DiagnosisObservation): Amount | undefined {
  return valueOf(nodes)
    .flatMap(({ allocatable }) => {
      const text = allocatable[resource];
      const amount = text === undefined ? undefined : parseQuantity(text);
      return text === undefined || amount === undefined ? [] : [{ amount, text }];
    })
    .sort((a, b) => b.amount - a.amount)[0];
}
