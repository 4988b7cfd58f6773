/** From the file's checklist to the domain's, with every default filled in. */
import type { ChecklistItem, ChecklistProof, ChecksProof } from '../domain/checklist.ts';
import { builtInItems, isBuiltInItem } from './built-in-items.ts';
import type { ChecklistEntries } from './checklist-schema.ts';

export interface ChecklistSurroundings {
  /** Name of the environment that the checklist is for. */
  readonly environment: string;
  /** Names of all environments. */
  readonly environments: readonly string[];
  /** The service says where its source lives. */
  readonly hasRepository: boolean;
  /** The file's own on-call schedule. */
  readonly schedule?: string;
}

export function toChecklist(
  entries: ChecklistEntries,
  surroundings: ChecklistSurroundings,
): readonly ChecklistItem[] {
  return entries.map((entry) => toItem(entry, surroundings));
}

function toItem(entry: ChecklistEntries[number], surroundings: ChecklistSurroundings): ChecklistItem {
  const written: Pick<SpelledOut, 'name'> & Partial<SpelledOut> =
    typeof entry === 'string' ? { name: entry } : entry;
  const { name, title, need, proof } = written;
  const builtIn = isBuiltInItem(name) ? builtInItems[name] : undefined;
  return {
    name,
    title: title ?? builtIn?.title ?? name,
    need: need ?? builtIn?.need ?? 'required',
    proof: proof === undefined ? defaultProof(name, surroundings) : toProof(proof, surroundings),
  };
}

type SpelledOut = Exclude<ChecklistEntries[number], string>;

/** Where the system that could tell is not there, a person does. */
function defaultProof(
  name: string,
  { environment, environments, hasRepository, schedule }: ChecklistSurroundings,
): ChecklistProof {
  if (!isBuiltInItem(name)) return { by: 'person' };
  const { proof } = builtInItems[name];
  switch (proof.by) {
    case 'person':
      return { by: 'person' };
    case 'releaseNotes':
      return hasRepository ? { by: 'releaseNotes' } : { by: 'person' };
    case 'changelog':
    case 'checks':
      return hasRepository ? proof : { by: 'person' };
    case 'verifiedIn':
      return environment !== proof.environment && environments.includes(proof.environment)
        ? proof
        : { by: 'person' };
    case 'onCall':
      return schedule === undefined ? { by: 'person' } : { by: 'onCall', schedule };
  }
}

function toProof(
  proof: NonNullable<SpelledOut['proof']>,
  { schedule }: ChecklistSurroundings,
): ChecklistProof {
  switch (proof.by) {
    case 'person':
    case 'releaseNotes':
    case 'changelog':
    case 'verifiedIn':
      return proof;
    case 'checks': {
      const { names, matching, ...rest } = proof;
      return {
        ...rest,
        ...(names === undefined ? {} : { names }),
        ...(matching === undefined ? {} : { matching }),
      } satisfies ChecksProof & { attestable: boolean };
    }
    case 'onCall':
      // The cross-checks saw to it that there is one.
      return { ...proof, schedule: proof.schedule ?? schedule ?? '' };
  }
}
