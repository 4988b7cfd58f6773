/** What is wrong with a configuration file, and where. */

export type Path = readonly (string | number)[];

export interface Finding {
  readonly path: Path;
  /** The key at the end of `path` is what is wrong, not its value. */
  readonly atKey?: boolean;
  readonly message: string;
}

export interface Position {
  /** Both start at 1. */
  readonly line: number;
  readonly column: number;
}

export interface ConfigurationProblem extends Position {
  /** For example `services.shop.verification.checks[2].port`; empty for the file itself. */
  readonly path: string;
  readonly message: string;
}

/** Every problem of one file, one line each: `fairway.yaml:12:5 services.web.image: …`. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly ConfigurationProblem[];

  constructor(file: string, problems: readonly ConfigurationProblem[]) {
    super(problems.map((problem) => formatProblem(file, problem)).join('\n'));
    this.problems = problems;
  }
}

function formatProblem(file: string, { line, column, path, message }: ConfigurationProblem): string {
  const where = `${file}:${line}:${column}`;
  return path === '' ? `${where} ${message}` : `${where} ${path}: ${message}`;
}

export function formatPath(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? quoted(part) : `.${quoted(part)}`,
    )
    .join('');
}

/** A key with dots or spaces in it, told apart from a path. */
function quoted(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}
