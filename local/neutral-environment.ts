/** The environment of what the demo and the tests start: the user's, without all that leads to servers and accounts of theirs. */
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';

/** `docs/reference/environment-variables.md` lists those of a worker; the others are read by what it uses. */
const leadingElsewhere = [
  /^TEMPORAL_/,
  /^SLACK_/,
  /^FAIRWAY_(GITHUB|PAGERDUTY|WEBHOOK)_/,
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
    ([name]) => !leadingElsewhere.some((pattern) => pattern.test(name)),
  );
  return { ...Object.fromEntries(kept), TEMPORAL_CONFIG_FILE: noProfiles };
}
