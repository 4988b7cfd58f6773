/** The nodes that the pods may use, and what of the scheduler's words is about them: it counts over all nodes. */
import type { DiagnosisObservation, NodeFact, TolerationFact } from './diagnosis-observation.ts';
import { valueOf } from './diagnosis-look.ts';

/** Nodes with the labels of the template's nodeSelector, as far as nodes were seen. */
export function usableNodes(seen: DiagnosisObservation): readonly NodeFact[] {
  const selector = Object.entries(seen.workload?.nodeSelector ?? {});
  return valueOf(seen.nodes).filter(({ labels }) => selector.every(([key, value]) => labels[key] === value));
}

/**
 * Without what is said of nodes that the pods could not use anyway, and with the taints named: newer schedulers
 * only say how many nodes have one.
 */
export function reasonsOfUsable(reasons: readonly string[], seen: DiagnosisObservation): readonly string[] {
  const usable = usableNodes(seen);
  if (usable.length === 0) return reasons;
  const taints = usable.flatMap((node) => untolerated(node, seen.workload?.tolerations ?? []));
  const left = reasons.flatMap((reason) => {
    if (/were unschedulable/i.test(reason)) return usable.some(isCordoned) ? [reason] : [];
    if (!/untolerated taint/i.test(reason)) return [reason];
    return [...new Set(taints)].map((taint) => `had untolerated taint {${taint}}`);
  });
  return left.length === 0 ? reasons : left;
}

export function isCordoned({ unschedulable }: NodeFact): boolean {
  return unschedulable;
}

/** As the scheduler writes them: `dedicated: gpu`. */
function untolerated({ taints }: NodeFact, tolerations: readonly TolerationFact[]): readonly string[] {
  return taints.flatMap((taint) => {
    const [, key = '', value = '', effect = ''] = /^([^=:]+)(?:=([^:]*))?:(.*)$/.exec(taint) ?? [];
    // The cordon's own taint: told as such.
    if (key === 'node.kubernetes.io/unschedulable') return [];
    return tolerations.some((each) => tolerates(each, { key, value, effect })) ? [] : [`${key}: ${value}`];
  });
}

interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** An empty key with `Exists` tolerates all; an absent effect, each. */
function tolerates(toleration: TolerationFact, taint: Taint): boolean {
  const { key, operator = 'Equal', value = '', effect } = toleration;
  if (effect !== undefined && effect !== taint.effect) return false;
  if (operator === 'Exists') return key === undefined || key === taint.key;
  return key === taint.key && value === taint.value;
}
