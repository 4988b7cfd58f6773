/** Rules of a checklist that span several parts of the file. They look at raw values. */
import { didYouMean } from './did-you-mean.ts';
import { mapping } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import type { Finding, Path } from './problem.ts';

/** `file` is the whole of it. */
export function checklistRules(path: Path, environment: string, entry: Mapping, file: Mapping): Finding[] {
  const items = entry['checklist'];
  if (!Array.isArray(items)) return [];
  const environments = Object.keys(mapping(file['environments']));
  const findings: Finding[] = [];
  const firstWithName = new Map<string, number>();
  for (const [index, item] of (items as unknown[]).entries()) {
    const here = [...path, 'checklist', index];
    const name = typeof item === 'string' ? item : mapping(item)['name'];
    const first = typeof name === 'string' ? firstWithName.get(name) : undefined;
    if (typeof name === 'string' && first === undefined) firstWithName.set(name, index);
    if (first !== undefined && typeof name === 'string') {
      findings.push({
        path: here,
        message: `checklist[${first}] has the name "${name}" too. Give each item its own name.`,
      });
    }
    findings.push(
      ...proofRules([...here, 'proof'], mapping(mapping(item)['proof']), environment, environments, file),
    );
  }
  return findings;
}

function proofRules(
  path: Path,
  proof: Mapping,
  environment: string,
  environments: readonly string[],
  file: Mapping,
): Finding[] {
  const { by, environment: other, schedule } = proof;
  if (by === 'verifiedIn' && typeof other === 'string') {
    if (other === environment) {
      return [
        {
          path: [...path, 'environment'],
          message: `a release to ${environment} cannot wait for its own verification. Name another environment.`,
        },
      ];
    }
    if (environments.includes(other)) return [];
    return [
      {
        path: [...path, 'environment'],
        message: `there is no such environment.${didYouMean(other, environments)} Environments: ${environments.join(', ')}.`,
      },
    ];
  }
  if (by !== 'onCall') return [];
  if (file['onCall'] === undefined) {
    return [
      {
        path,
        message: 'there is nobody to ask who is on call. Give the file an onCall part, or remove the proof.',
      },
    ];
  }
  if (schedule !== undefined || mapping(file['onCall'])['schedule'] !== undefined) return [];
  return [
    { path, message: 'names no schedule. Give this proof, or the onCall part of the file, a schedule.' },
  ];
}
