import type { V1LabelSelector } from '@kubernetes/client-node';

/** Writes a selector as the API takes it in a query, for example `app=web,track in (stable,canary)`. */
export function labelSelectorText(selector: V1LabelSelector): string {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }) => {
    switch (operator) {
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
      case 'In':
        return `${key} in (${(values ?? []).join(',')})`;
      case 'NotIn':
        return `${key} notin (${(values ?? []).join(',')})`;
      default:
        throw new Error(`unknown operator ${operator} in a label selector`);
    }
  });
  return [...labels, ...expressions].join(',');
}
