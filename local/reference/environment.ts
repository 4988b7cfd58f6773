/** The reference page of the worker: its flags as its own help has them, and the variables of its environment. */
import { secretVariables, tracingVariables } from '../../src/config/environment-variables.ts';
import { help } from '../../src/worker/arguments.ts';
import { code, heading, table } from './markdown.ts';

/** Words of a meaning that another page is about. */
const pages: Readonly<Record<string, string>> = {
  checklists: '../guides/checklist.md',
  tickets: '../guides/incidents.md',
  'web hooks': 'incident-webhook.md',
};

const others: readonly (readonly string[])[] = [
  [
    '`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`',
    'The Temporal server, read by its SDK as the `temporal` CLI reads them.',
  ],
  ['`TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`', 'A profile of `temporal.toml`, and where that file is.'],
  ['`KUBECONFIG`', 'The kubeconfig, unless `--kubeconfig` names one; otherwise as kubectl finds it.'],
  [
    Object.keys(tracingVariables).map(code).join(', '),
    '[Traces](../operator/observability.md#traces), read by OpenTelemetry. Without one of the first two there are none.',
  ],
  [
    '`HELM_*`, `HTTPS_PROXY`, `NO_PROXY`, `AWS_*`, `GOOGLE_*`, `AZURE_*` …',
    'Passed on to helm as far as it needs them to reach charts and clusters; never the tokens above.',
  ],
];

export function environmentReference(): string {
  const own = Object.entries(secretVariables).map(([name, meaning]) => [code(name), sentence(meaning)]);
  return `${[
    heading(
      'The worker’s flags and environment',
      'src/worker/arguments.ts and src/config/environment-variables.ts',
    ),
    '## Flags',
    ['```text', help.trimEnd(), '```'].join('\n'),
    '## Environment variables',
    'All are optional. Secrets come from here only: they stand in no file of Fairway’s, and in no history.',
    table(['variable', 'meaning'], [...own, ...others]),
  ].join('\n\n')}\n`;
}

function sentence(meaning: string): string {
  const linked = Object.entries(pages).reduce(
    (text, [word, page]) => text.replace(word, `[${word}](${page})`),
    meaning,
  );
  return `${linked.charAt(0).toUpperCase()}${linked.slice(1)}.`;
}
