/** The environment of what the demo and the tests start: the user's, without all that leads to servers and accounts of theirs. */
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import { secretVariables } from '../src/config/environment-variables.ts';

/** Besides the worker's own secrets: read by what it uses. */
const leadingElsewhere = [
  /^TEMPORAL_/,
  /^SLACK_/,
  /^(GITHUB|GH)_TOKEN$/,
  /^OTEL_/,
  /^HELM_(NAMESPACE$|DRIVER|KUBE)/,
];

/** Temporal's programs refuse a file that is not there, or go on to the user's. */
const noProfiles = fileURLToPath(new URL('./temporal.toml', import.meta.url));
/** For the `temporal` CLI, whose older file of settings no variable names. */
export const neutralCliFlags: readonly string[] = ['--env-file', devNull];

export function neutralEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !(name in secretVariables) && !leadingElsewhere.some((pattern) => pattern.test(name)),
  );
  return { ...Object.fromEntries(kept), TEMPORAL_CONFIG_FILE: noProfiles };
}
