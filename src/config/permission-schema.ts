/** Who may do something: people by name, and groups of the file. */
import { z } from 'zod';
import { normaliseIdentity } from '../domain/identity.ts';
import type { Permission } from '../domain/permission.ts';
import { didYouMean } from './did-you-mean.ts';
import { expecting } from './expecting.ts';
import { mapping, type Mapping } from './mapping.ts';
import { text } from './names.ts';
import type { Finding, Path } from './problem.ts';

const aPerson = 'a person as they name themselves in messages, for example ada@example.com';

/** A name that is left when it is normalised. */
const person = text(aPerson).refine((name) => normaliseIdentity(name) !== '', expecting(aPerson));

const peopleExpected = expecting('a list of people, for example [ada@example.com]');
const groupsExpected = expecting('a list of groups, for example [on-call]');

export const peopleSchema = z.array(person, peopleExpected).max(200, peopleExpected);

const groupNames = z.array(text('the name of a group'), groupsExpected).max(50, groupsExpected);

/** The two fields of a permission, for schemas that have others beside them. */
export const permissionFields = {
  people: peopleSchema.default([]).describe('People, as they name themselves in messages.'),
  groups: groupNames.default([]).describe('Names of `groups`: all people in them.'),
};

export const permissionSchema = z.strictObject(
  permissionFields,
  expecting('a mapping with people, groups, or both'),
);

export type PermissionEntry = z.output<typeof permissionSchema>;

/** `groups` of the file. */
export type Groups = Readonly<Record<string, readonly string[]>>;

/** Everybody once, as `normaliseIdentity` writes names. */
export function toPermission(entry: PermissionEntry | undefined, groups: Groups): Permission {
  return { people: entry === undefined ? [] : namedPeople(entry, groups) };
}

/**
 * What is wrong with a permission of the raw file at `path`, beyond its shape: groups that there are not.
 * `file` is the whole raw file.
 */
export function permissionRules(path: Path, permission: unknown, file: Mapping): Finding[] {
  const { groups } = mapping(permission);
  if (!Array.isArray(groups)) return [];
  const known = Object.keys(mapping(file['groups']));
  return (groups as unknown[]).flatMap((name, index) =>
    typeof name !== 'string' || known.includes(name)
      ? []
      : [{ path: [...path, 'groups', index], message: noSuchGroup(name, known) }],
  );
}

/** The people of a raw permission, as far as it can be read. */
export function rawPeople(permission: unknown, file: Mapping): readonly string[] {
  const { people, groups } = mapping(permission);
  const known = Object.fromEntries(
    Object.entries(mapping(file['groups'])).map(([name, members]) => [name, texts(members)]),
  );
  return namedPeople({ people: texts(people), groups: texts(groups) }, known);
}

function namedPeople(
  { people, groups }: { readonly people: readonly string[]; readonly groups: readonly string[] },
  known: Groups,
): readonly string[] {
  const members = groups.flatMap((name) => (Object.hasOwn(known, name) ? (known[name] ?? []) : []));
  return [...new Set([...people, ...members].map(normaliseIdentity))].filter((name) => name !== '');
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function noSuchGroup(name: string, known: readonly string[]): string {
  const listed = known.length === 0 ? 'The file has no groups.' : `Groups: ${known.join(', ')}.`;
  return `there is no group "${name}".${didYouMean(name, known)} ${listed}`;
}
