/** Rules of promotion that span several environments. They look at raw values. */
import { didYouMean } from './did-you-mean.ts';
import { mapping, type Mapping } from './mapping.ts';
import { permissionRules } from './permission-schema.ts';
import type { Finding, Path } from './problem.ts';

/** `promotion` of the environment `name` is raw, as is `file`, the whole of it. */
export function promotionRules(path: Path, name: string, promotion: unknown, file: Mapping): Finding[] {
  const { from, override } = mapping(promotion);
  return [
    ...(typeof from === 'string' ? fromRules([...path, 'from'], name, from, file) : []),
    ...permissionRules([...path, 'override'], override, file),
  ];
}

function fromRules(path: Path, name: string, from: string, file: Mapping): Finding[] {
  const environments = mapping(file['environments']);
  const known = Object.keys(environments);
  if (!known.includes(from)) {
    const others = known.filter((each) => each !== name);
    const message = `there is no such environment.${didYouMean(from, others)} Environments: ${known.join(', ')}.`;
    return [{ path, message }];
  }
  const way = wayFrom(name, environments);
  if (way.at(-1) !== name) return [];
  const message =
    way.length === 2
      ? 'a release cannot wait for its own verification. Name another environment.'
      : `each of these waits for the next: ${way.join(', ')}. Nothing could be released to any of them.`;
  return [{ path, message }];
}

/** The environments that `name` waits for, in order, until one has been there before. */
function wayFrom(name: string, environments: Mapping): readonly string[] {
  const way = [name];
  for (;;) {
    const { from } = mapping(mapping(environments[way.at(-1) ?? ''])['promotion']);
    if (typeof from !== 'string') return way;
    if (way.includes(from)) return [...way, from];
    way.push(from);
  }
}
