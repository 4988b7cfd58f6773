/** A release's manifest before and after an upgrade, object by object. */
import { parseAllDocuments } from 'yaml';
import { compare } from './dry-run-compare.ts';
import type { JsonObject } from './raw-json.ts';

export interface ManifestChange {
  readonly object: string;
  readonly diff: readonly string[];
}

/** Only what changes, in the order of the new manifest; what goes comes last. */
export function compareManifests(deployed: string, rendered: string): readonly ManifestChange[] {
  const before = objectsOf(deployed);
  const after = objectsOf(rendered);
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((name) => {
    const [was, willBe] = [before.get(name), after.get(name)];
    const diff = compare(was, willBe);
    if (diff.length === 0) return [];
    const words = was === undefined ? ' (new)' : willBe === undefined ? ' (goes)' : '';
    return [{ object: `${name}${words}, by helm`, diff }];
  });
}

export function objectNamed(manifest: string, name: string): JsonObject | undefined {
  return objectsOf(manifest).get(name);
}

/** By kind and name, as people name them. */
function objectsOf(manifest: string): ReadonlyMap<string, JsonObject> {
  const objects = parseAllDocuments(manifest).flatMap((document) => {
    const object = document.toJS() as (JsonObject & { readonly metadata?: JsonObject }) | null;
    if (object === null || typeof object !== 'object') return [];
    return [[`${String(object['kind'])} ${String(object.metadata?.['name'])}`, object] as const];
  });
  return new Map(objects);
}
