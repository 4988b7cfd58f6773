import { templateHashLabel } from './deployment.ts';

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}

/** A ReplicaSet's template as its Deployment had it: the controller adds one label. */
export function withoutTemplateHash(template: unknown): unknown {
  const { metadata, ...rest } = (template ?? {}) as Template;
  const labels = Object.entries(metadata?.labels ?? {}).filter(([key]) => key !== templateHashLabel);
  return { ...rest, metadata: { ...metadata, labels: Object.fromEntries(labels) } };
}
