/** Rules of smoke tests and metrics that span several parts of a service. Raw values. */
import { mapping } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import type { Finding, Path } from './problem.ts';

export function strategyRules(path: Path, service: Mapping): Finding[] {
  const smokeTests = [...path, 'blueGreen', 'smokeTests'];
  const tests = listOf(mapping(service['blueGreen'])['smokeTests']);
  const hasPort = mapping(service['verification'])['port'] !== undefined;
  return [
    ...tests.flatMap((test, index) =>
      hasPort || mapping(test)['port'] !== undefined
        ? []
        : [
            {
              path: [...smokeTests, index],
              message: 'has no port. Give the verification a port, or this smoke test its own.',
            },
          ],
    ),
    ...sameNames(smokeTests, 'smokeTests', tests),
    ...sameNames(
      [...path, 'analysis', 'metrics'],
      'metrics',
      listOf(mapping(service['analysis'])['metrics']),
    ),
  ];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function sameNames(path: Path, list: string, entries: readonly unknown[]): Finding[] {
  const names = entries.map((entry) => mapping(entry)['name']);
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (typeof name !== 'string' || first === index) return [];
    return [
      {
        path: [...path, index],
        message: `${list}[${first}] has the name "${name}" too. Give each its own name.`,
      },
    ];
  });
}
