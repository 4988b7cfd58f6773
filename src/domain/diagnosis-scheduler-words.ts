/** What the scheduler says of a pod that no node takes, taken apart. */

export interface SchedulerWords {
  /** Nodes that were looked at. */
  readonly nodes: number | undefined;
  /** Why nodes were passed over, with how many. */
  readonly reasons: readonly { readonly nodes: number; readonly words: string }[];
}

/**
 * For example `0/4 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}, 3 Insufficient cpu.
 * preemption: 0/4 nodes are available: …`; what comes of preemption is left out.
 */
export function schedulerWords(message: string): SchedulerWords {
  const [, nodes, rest = ''] = /^\d+\/(\d+) nodes are available:? ?(.*)$/s.exec(message) ?? [];
  const said = rest.split(/\.? preemption:/)[0] ?? '';
  // A taint's braces may hold a comma.
  const parts = said.split(/, (?=\d+ )/).map((part) => part.trim().replace(/\.$/, ''));
  return {
    nodes: nodes === undefined ? undefined : Number(nodes),
    reasons: parts.flatMap((part) => {
      const [, count, words] = /^(\d+) (.+)$/s.exec(part) ?? [];
      return count === undefined || words === undefined ? [] : [{ nodes: Number(count), words }];
    }),
  };
}
