/** From a file to a configuration, or to everything that is wrong with it. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { configurationSchema } from './configuration-schema.ts';
import type { ConfigurationFile } from './configuration-schema.ts';
import { createConfiguration } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import { crossChecks } from './cross-checks.ts';
import { ConfigurationError, formatPath } from './problem.ts';
import type { ConfigurationProblem, Finding } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import { schemaFindings } from './schema-findings.ts';

/** Throws `ConfigurationError` with every problem at once, each with line and column. */
export async function loadConfiguration(path: string): Promise<Configuration> {
  return createConfiguration(resolve(path), parseConfiguration(await read(path), path));
}

/** `file` is only for the messages. Throws `ConfigurationError`. */
export function parseConfiguration(text: string, file: string): ConfigurationFile {
  const source = readYaml(text);
  const problems: ConfigurationProblem[] = source.errors.map((error) => ({ ...error, path: '' }));
  if (source.value === undefined) throw new ConfigurationError(file, problems);
  if (source.value === null)
    throw new ConfigurationError(file, [{ line: 1, column: 1, path: '', message: emptyFile }]);

  const checked = configurationSchema.safeParse(source.value, { reportInput: true });
  const findings: Finding[] = checked.success ? [] : schemaFindings(checked.error.issues, source.value);
  // A value that the schema refused already needs no second remark.
  const refused = new Set(findings.map(({ path }) => formatPath(path)));
  findings.push(...crossChecks(source.value).filter(({ path }) => !refused.has(formatPath(path))));
  problems.push(
    ...findings.map((finding) => ({
      ...source.positionOf(finding),
      path: formatPath(finding.path),
      message: finding.message,
    })),
  );
  if (problems.length > 0 || !checked.success) throw new ConfigurationError(file, problems.sort(byPosition));
  return checked.data;
}

const emptyFile = 'the file is empty. It needs environments and services.';

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    const message = `the file cannot be read (${code}). Give the worker the path of a fairway.yaml.`;
    throw new ConfigurationError(path, [{ line: 1, column: 1, path: '', message }]);
  }
}

function byPosition(a: ConfigurationProblem, b: ConfigurationProblem): number {
  return a.line - b.line || a.column - b.column;
}
