import { createHash } from 'node:crypto';
import { restartedBy } from './restart-rollout.ts';
import { withoutTemplateHash } from './template.ts';

/** Marks that make new pods of the same content: Fairway's and kubectl's. */
const restartMarks: readonly string[] = [restartedBy, 'kubectl.kubernetes.io/restartedAt'];

interface Template {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
}

/** Equal for templates, as the server wrote them, whose pods would be the same but for a restart. */
export function contentDigest(template: unknown): string {
  const { metadata, ...rest } = withoutTemplateHash(template) as Template;
  const annotations = Object.entries(metadata?.annotations ?? {}).filter(
    ([key]) => !restartMarks.includes(key),
  );
  const content = { ...rest, metadata: { ...metadata, annotations } };
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
