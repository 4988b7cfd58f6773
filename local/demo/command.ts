/** A call of the `temporal` CLI: the arguments to run, and the text that a person can paste. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { neutralCliFlags, neutralEnvironment } from '../neutral-environment.ts';

export interface CliCommand {
  readonly args: readonly string[];
  readonly shown: string;
}

/** Where the CLI goes when nothing else is said. */
const usualAddress = '127.0.0.1:7233';

/** `hasOwnSettings`: whether a `temporal` that is typed here is led to another server than one would think. */
export function cliCommand(
  address: string,
  args: readonly string[],
  hasOwnSettings = hasTemporalSettings(),
): CliCommand {
  const [group = '', verb = '', ...rest] = args;
  const there = ['--address', address];
  const exactlyThere = [...there, '--namespace', 'default'];
  const only = ['--disable-config-env', '--disable-config-file'];
  // Shorter is easier to read, where it surely says the same.
  const usually = address === usualAddress ? [] : there;
  const where = hasOwnSettings ? [...exactlyThere, ...only] : usually;
  return {
    args: [group, verb, ...exactlyThere, ...rest],
    shown: ['temporal', group, verb, ...where, ...rest].map(quoted).join(' '),
  };
}

/** Types it. */
export async function runCommand(temporalCli: string, { args }: CliCommand): Promise<void> {
  const patiently = ['--client-connect-timeout', '120s'];
  await execa(temporalCli, [...args, ...neutralCliFlags, ...patiently], {
    env: neutralEnvironment(),
    extendEnv: false,
  });
}

/** Variables, a profile, or the CLI's older file of environments. */
export function hasTemporalSettings(
  environment: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): boolean {
  const folders = [
    environment['XDG_CONFIG_HOME'] ?? join(home, '.config'),
    join(home, '.config'),
    join(home, 'Library', 'Application Support'),
  ];
  const files = folders.flatMap((folder) =>
    ['temporal.toml', 'temporal.yaml'].map((name) => join(folder, 'temporalio', name)),
  );
  return Object.keys(environment).some((name) => name.startsWith('TEMPORAL_')) || files.some(existsSync);
}

function quoted(argument: string): string {
  return /^[\w./:@=-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
