/** Which keys a mapping at a path may have, read off the schema itself. */
import { z } from 'zod';
import { configurationSchema } from './configuration-schema.ts';
import { mapping } from './mapping.ts';
import type { Path } from './problem.ts';

/** `value` is the whole file: an entry of a union is known by its `kind` (or `by`). */
export function knownKeysAt(path: Path, value: unknown): readonly string[] {
  let schema: z.core.$ZodType | undefined = configurationSchema;
  let here: unknown = value;
  for (const part of path) {
    schema = child(narrowed(schema, here), part);
    here = (here as Readonly<Record<string | number, unknown>> | undefined)?.[part];
  }
  const object = narrowed(schema, here);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function child(schema: z.core.$ZodType | undefined, part: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[part] as z.core.$ZodType | undefined;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return undefined;
}

/** Without the wrappers, and of a union the branch that the value belongs to. */
function narrowed(schema: z.core.$ZodType | undefined, value: unknown): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) {
    return narrowed(schema.unwrap(), value);
  }
  if (!(schema instanceof z.ZodUnion)) return schema;
  const branches = schema.options
    .map((option) => narrowed(option, value))
    .filter((branch) => branch instanceof z.ZodObject)
    .filter((branch) => isBranchOf(branch, value));
  return mostLike(branches, Object.keys(mapping(value)));
}

/** Of several, the first that knows the most of the keys. */
function mostLike(branches: readonly z.ZodObject[], keys: readonly string[]): z.ZodObject | undefined {
  const known = (branch: z.ZodObject) => keys.filter((key) => Object.hasOwn(branch.shape, key)).length;
  return [...branches].sort((a, b) => known(b) - known(a))[0];
}

/** A branch without a word to tell it by may always be meant. */
function isBranchOf(branch: z.ZodObject, value: unknown): boolean {
  const key = tellingKeys.find((candidate) => candidate in branch.shape);
  if (key === undefined) return true;
  const told = (value as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  return (branch.shape[key] as z.ZodType).safeParse(told).success;
}

const tellingKeys = ['kind', 'by'];
