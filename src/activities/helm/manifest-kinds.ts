import { parseAllDocuments } from 'yaml';
import type { ManifestKind } from './types.ts';

/** Each kind once; of helm's JSON form of a release, or of a manifest of several YAML documents. Hooks are not looked at. */
export function kindsIn(printed: string): readonly ManifestKind[] {
  const kinds = parseAllDocuments(manifestOf(printed)).flatMap((document): ManifestKind[] => {
    const object = document.toJS() as Partial<ManifestKind> | null;
    const { apiVersion, kind } = object ?? {};
    return typeof apiVersion === 'string' && typeof kind === 'string' ? [{ apiVersion, kind }] : [];
  });
  return [...new Map(kinds.map((each) => [`${each.apiVersion} ${each.kind}`, each])).values()];
}

function manifestOf(printed: string): string {
  if (!printed.startsWith('{')) return printed;
  const { manifest } = JSON.parse(printed) as { readonly manifest?: unknown };
  return typeof manifest === 'string' ? manifest : '';
}
