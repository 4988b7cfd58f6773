/** Addresses that people click on: the run in Temporal's UI, the logs and metrics of a service at a time. */
import type { Target } from './target.ts';

export interface Link {
  readonly href: string;
  readonly text: string;
}

/** One run of a workflow. */
export interface RunRef {
  /** Temporal's namespace. */
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** What may stand in `{{…}}`. */
export const linkPlaceholders = ['service', 'environment', 'namespace', 'deployment', 'from', 'to'] as const;

export type LinkValues = Readonly<Record<(typeof linkPlaceholders)[number], string>>;

const placeholder = /\{\{\s*(\w+)\s*\}\}/g;

/** Names in `{{…}}` that mean nothing. */
export function unknownPlaceholders(template: string): readonly string[] {
  const known: readonly string[] = linkPlaceholders;
  return [...template.matchAll(placeholder)]
    .map(([, name = '']) => name)
    .filter((name) => !known.includes(name));
}

/** Every value is percent-encoded, so that none can change the address around it. What is no placeholder stays. */
export function fillLink(template: string, values: LinkValues): string {
  return template.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(values, name) ? percentEncoded(values[name as keyof LinkValues]) : whole,
  );
}

/** `uiUrl` is the base URL of Temporal's UI as people reach it. */
export function temporalLink(uiUrl: string, namespace: string, workflowId: string, runId: string): string {
  const [at, id, run] = [namespace, workflowId, runId].map(percentEncoded);
  return `${uiUrl.replace(/\/+$/, '')}/namespaces/${at}/workflows/${id}/${run}/history`;
}

/** The run (where `temporal.ui` is known), logs and metrics of the time. `from` and `to` are ISO 8601. */
export function incidentLinks(
  { service, environment, temporalUi }: Target,
  { logsUrl, metricsUrl }: { readonly logsUrl?: string; readonly metricsUrl?: string },
  at: { readonly from: string; readonly to: string; readonly run?: RunRef },
): readonly Link[] {
  const values: LinkValues = {
    service: service.name,
    environment: environment.name,
    namespace: environment.namespace,
    deployment: service.deployment,
    from: String(Date.parse(at.from)),
    to: String(Date.parse(at.to)),
  };
  const filled = (text: string, template: string | undefined): readonly Link[] =>
    template === undefined ? [] : [{ text, href: fillLink(template, values) }];
  const { run } = at;
  return [
    ...(temporalUi === undefined || run === undefined
      ? []
      : [{ text: 'Run', href: temporalLink(temporalUi, run.namespace, run.workflowId, run.runId) }]),
    ...filled('Logs', logsUrl),
    ...filled('Metrics', metricsUrl),
  ];
}

/** Also what `encodeURIComponent` leaves: a bracket or a quote would end a link in markdown. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
