/** docker-compose.yml as the Compose Specification's own loader understands it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** What the tests look at; the loader has checked the rest. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string };
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly init?: boolean;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly published?: string;
    readonly target: number;
  }[];
  readonly volumes?: readonly {
    readonly type: string;
    readonly source?: string;
    readonly target: string;
    readonly read_only?: boolean;
  }[];
}

export interface ComposeModel {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export const composeFile = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url));
const project = fileURLToPath(new URL('../../', import.meta.url));
const requiredVariable = /\$\{(\w+):\?[^}]*\}/g;
const variable = /\$\{(\w+):[?-][^}]*\}/g;

/** Names of the variables that have no default, each once. */
export async function requiredVariables(): Promise<string[]> {
  const text = await readFile(composeFile, 'utf8');
  return [...new Set([...text.matchAll(requiredVariable)].map(([, name = '']) => name))];
}

/**
 * Loads the file with values for the variables that it requires, and others. They are written into a copy of it: the loader's
 * command does not look at its environment.
 */
export async function loadCompose(
  composeGo: string,
  values: Readonly<Record<string, string>>,
): Promise<ComposeModel> {
  const text = await readFile(composeFile, 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'fairway-compose-'));
  try {
    const copy = join(folder, 'docker-compose.yml');
    await writeFile(
      copy,
      text.replace(variable, (asked, name: string) => values[name] ?? asked),
    );
    const { stdout } = await execa(composeGo, ['-format', 'json', copy], { cwd: project });
    return JSON.parse(stdout) as ComposeModel;
  } finally {
    await rm(folder, { recursive: true });
  }
}
