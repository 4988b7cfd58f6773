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

/** What is left of a selector without the pin of a release. */
export function withoutPin(selector: Selector): Selector {
  return Object.fromEntries(Object.entries(selector).filter(([key]) => key !== templateHashKey));
}

export function isSameSelector(one: Selector, other: Selector): boolean {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.every((key) => one[key] === other[key]);
}

export function selectorWords(selector: Selector): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
