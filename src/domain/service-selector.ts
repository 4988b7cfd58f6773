/** Selectors of a Service, as plain labels. */

/** Which ReplicaSet a pod is of; set by the Deployment's controller and never reused within a Deployment. */
export const templateHashKey = 'pod-template-hash';

export type Selector = Readonly<Record<string, string>>;

/**
 * The recorded selector narrowed to the pods of one ReplicaSet. A key is added and none changed: that
 * survives Helm's three-way merge.
 */
export function selectorPinnedTo(recorded: Selector, templateHash: string): Selector {
  return { ...recorded, [templateHashKey]: templateHash };
}

export function selectorWords(selector: Selector): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
