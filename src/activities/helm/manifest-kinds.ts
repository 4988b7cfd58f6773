import { parseAllDocuments } from 'yaml';
import type { ManifestKind } from './types.ts';

/** Each kind once, of a manifest of several YAML documents. */
export function kindsIn(manifest: string): readonly ManifestKind[] {
  const kinds = parseAllDocuments(manifest).flatMap((document): ManifestKind[] => {
    const object = document.toJS() as Partial<ManifestKind> | null;
    const { apiVersion, kind } = object ?? {};
    return typeof apiVersion === 'string' && typeof kind === 'string' ? [{ apiVersion, kind }] : [];
  });
  return [...new Map(kinds.map((each) => [`${each.apiVersion} ${each.kind}`, each])).values()];
}
