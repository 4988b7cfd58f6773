/** The reference page of the worker: its flags as its own help has them, and the variables of its environment. */
import { help } from '../../src/worker/arguments.ts';
import { code, heading, table } from './markdown.ts';

/** Checked against the sources by test/config/generated.test.ts. */
export const environmentVariables: Readonly<Record<string, string>> = {
  SLACK_BOT_TOKEN: 'Bot token of Slack (`chat:write`). Without it, messages are written to the log.',
  SLACK_API_URL: 'Another address of Slack’s API, for a proxy.',
  FAIRWAY_GITHUB_TOKEN:
    'Token of the code host, for [checklists](../guides/checklist.md) and [tickets](../guides/incidents.md).',
  FAIRWAY_PAGERDUTY_TOKEN: 'REST API key of PagerDuty, read-only: who is on call.',
  FAIRWAY_PAGERDUTY_ROUTING_KEY: 'Integration key of PagerDuty’s Events API v2: wakes people.',
  FAIRWAY_WEBHOOK_SECRET: 'Signs calls of [web hooks](incident-webhook.md).',
};

const others: readonly (readonly string[])[] = [
  [
    '`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`',
    'The Temporal server, read by its SDK as the `temporal` CLI reads them.',
  ],
  ['`TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`', 'A profile of `temporal.toml`, and where that file is.'],
  ['`KUBECONFIG`', 'The kubeconfig, unless `--kubeconfig` names one; otherwise as kubectl finds it.'],
  [
    '`HELM_*`, `HTTPS_PROXY`, `NO_PROXY`, `AWS_*`, `GOOGLE_*`, `AZURE_*` …',
    'Passed on to helm as far as it needs them to reach charts and clusters; never the tokens above.',
  ],
];

export function environmentReference(): string {
  const own = Object.entries(environmentVariables).map(([name, meaning]) => [code(name), meaning]);
  return `${[
    heading(
      'The worker’s flags and environment',
      'src/worker/arguments.ts and local/reference/environment.ts',
    ),
    '## Flags',
    ['```text', help.trimEnd(), '```'].join('\n'),
    '## Environment variables',
    'All are optional. Secrets come from here only: they stand in no file of Fairway’s, and in no history.',
    table(['variable', 'meaning'], [...own, ...others]),
  ].join('\n\n')}\n`;
}
