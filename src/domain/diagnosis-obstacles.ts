/** Why nodes do not take pods, as the scheduler words it. */
import type { Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation, NodeFact } from './diagnosis-observation.ts';
import { inNamespace, listed, share } from './diagnosis-look.ts';
import { isCordoned, usableNodes } from './diagnosis-nodes.ts';
import { resourceWords } from './diagnosis-resources.ts';
import type { DiagnosisRuleId } from './diagnosis-rules.ts';

type Words = Pick<Found, 'headline' | 'cause' | 'remedy'>;

interface Stuck {
  readonly count: number;
  /** What the scheduler says of most of them. */
  readonly message: string;
  /** The part of it that the rule is about. */
  readonly part: string;
}

export interface Obstacle {
  readonly id: DiagnosisRuleId;
  readonly pattern: RegExp;
  readonly words: (stuck: Stuck, seen: DiagnosisObservation) => Words;
}

/** From those that only the last checks of the scheduler find to those of the first. */
export const obstacles: readonly Obstacle[] = [
  {
    id: 'insufficient-cpu',
    pattern: /Insufficient cpu/i,
    words: (stuck, seen) => resourceWords('cpu', stuck, seen),
  },
  {
    id: 'insufficient-memory',
    pattern: /Insufficient memory/i,
    words: (stuck, seen) => resourceWords('memory', stuck, seen),
  },
  {
    id: 'too-many-pods',
    pattern: /Too many pods/i,
    words: ({ count }, seen) => ({
      headline: `The nodes hold as many pods as they may; ${share(count, seen)} wait`,
      cause: 'Every node that fits has reached the number of pods that its kubelet allows.',
      remedy: 'Add a node, or remove pods that nobody needs: kubectl get pods -A -o wide.',
    }),
  },
  {
    id: 'insufficient-resource',
    pattern: /Insufficient \S+/i,
    words: (stuck, seen) => resourceWords(/Insufficient (\S+)/i.exec(stuck.part)?.[1] ?? '', stuck, seen),
  },
  {
    id: 'pod-affinity-unmet',
    pattern: /didn't (?:match|satisfy).*(?:anti-)?affinity rules/i,
    words: ({ count }, seen) => ({
      headline: `Affinity between pods leaves no node for ${share(count, seen)}`,
      cause:
        'A rule about which pods must (or must not) share a node or zone cannot be met with the nodes there are; with anti-affinity per node, a surge needs one node more than there are replicas.',
      remedy: `Add a node, make the rule a preference, or set maxSurge 0: kubectl get deployment ${seen.deployment} ${inNamespace(seen)} -o jsonpath='{.spec.template.spec.affinity}'.`,
    }),
  },
  {
    id: 'topology-spread-unmet',
    pattern: /topology spread constraints/i,
    words: ({ count }, seen) => ({
      headline: `Topology spread constraints leave no node for ${share(count, seen)}`,
      cause:
        'The pods may not be spread more unevenly than maxSkew, and the zone or node that has room is not next.',
      remedy: 'Make room in the zone with the fewest pods, or set whenUnsatisfiable: ScheduleAnyway.',
    }),
  },
  {
    id: 'host-port-taken',
    pattern: /didn't have free ports/i,
    words: ({ count }, seen) => ({
      headline: `The host port is taken on every node that fits; ${share(count, seen)} wait`,
      cause: 'A container asks for a hostPort, which one pod on each node can have; the old pods still do.',
      remedy: 'Remove hostPort from the template (a Service does not need it), or set maxSurge 0.',
    }),
  },
  {
    id: 'nodes-under-pressure',
    pattern: /untolerated taint \{node\.kubernetes\.io\/(?:memory|disk|pid)-pressure/i,
    words: ({ count, part }, seen) => ({
      headline: `The nodes are short of ${/\/(\w+)-pressure/.exec(part)?.[1] ?? 'something'} and take no pods; ${share(count, seen)} wait`,
      cause: 'Kubelets under pressure keep new pods away until they have room again.',
      remedy: 'See what fills the nodes: kubectl describe nodes; kubectl top nodes.',
    }),
  },
  {
    id: 'nodes-not-ready',
    pattern: /untolerated taint \{node\.kubernetes\.io\/(?:not-ready|unreachable|network-unavailable)/i,
    words: ({ count }, seen) => ({
      headline: `The nodes that the pods may use are not ready${namesOf(usableNodes(seen).filter(({ ready }) => !ready))}; ${share(count, seen)} wait`,
      cause: 'Their kubelets, their network or the nodes themselves are down.',
      remedy: 'See the nodes: kubectl get nodes; kubectl describe node <name>.',
    }),
  },
  {
    id: 'nodes-cordoned',
    pattern: /were unschedulable|untolerated taint \{node\.kubernetes\.io\/unschedulable/i,
    words: ({ count }, seen) => {
      const names = usableNodes(seen).filter(isCordoned);
      return {
        headline: `The nodes that the pods may use are cordoned${namesOf(names)}; ${share(count, seen)} wait`,
        cause: 'Somebody keeps new pods away from these nodes, usually for maintenance.',
        remedy: `When the maintenance is over: kubectl uncordon ${names[0]?.name ?? '<node>'}.`,
      };
    },
  },
  {
    id: 'taint-untolerated',
    pattern: /had (?:untolerated )?taint/i,
    words: ({ count, part }, seen) => ({
      headline: `The nodes have the taint ${taintOf(part)}, which the pods do not tolerate; ${share(count, seen)} wait`,
      cause: 'The taint keeps pods away that do not say that they accept it.',
      remedy: `Add a toleration to Deployment ${seen.deployment}, or remove the taint: kubectl taint nodes <node> ${taintOf(part).split(/[=:]/)[0] ?? ''}-.`,
    }),
  },
  {
    id: 'node-selector-unmatched',
    pattern: /didn't match Pod's node affinity|didn't match node selector/i,
    words: ({ count }, seen) => {
      const selector = Object.entries(seen.workload?.nodeSelector ?? {}).map(
        ([key, value]) => `${key}=${value}`,
      );
      const wanted = selector.length === 0 ? 'that the node affinity asks for' : selector.join(', ');
      return {
        headline: `No node has the labels ${wanted}; ${share(count, seen)} wait`,
        cause: "The template's nodeSelector or node affinity matches no node that could take the pods.",
        remedy: `Correct it in Deployment ${seen.deployment}, or label a node: kubectl get nodes --show-labels${selector[0] === undefined ? '' : `; kubectl label node <node> ${selector.join(' ')}`}.`,
      };
    },
  },
  {
    id: 'no-nodes',
    pattern: /no nodes available to schedule pods|^0\/0 nodes/i,
    words: ({ count }, seen) => ({
      headline: `The cluster has no node that could take pods; ${share(count, seen)} wait`,
      cause: 'There are no nodes, or none is registered.',
      remedy: 'Add nodes, or find out why the autoscaler brings none: kubectl get nodes.',
    }),
  },
  {
    id: 'unschedulable',
    pattern: /^/,
    words: ({ count, message }, seen) => ({
      headline: `No node takes ${share(count, seen)}: ${message}`,
      cause: 'The scheduler finds no node that meets everything that the pods ask for.',
      remedy: `Compare what the pods ask for with the nodes: kubectl describe nodes; kubectl get events ${inNamespace(seen)} --field-selector reason=FailedScheduling.`,
    }),
  },
];

function namesOf(nodes: readonly NodeFact[]): string {
  return nodes.length === 0 ? '' : ` (${listed(nodes.map(({ name }) => name))})`;
}

/** `{dedicated: gpu}` → `dedicated=gpu`. */
function taintOf(part: string): string {
  const [, key = '', value = ''] = /\{([^:}]+):? ?([^}]*)\}/.exec(part) ?? [];
  return value === '' ? key : `${key}=${value}`;
}
