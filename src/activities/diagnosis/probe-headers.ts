/** What the kubelet sends with a probe. Its values may be secrets: they go to the pod, and into no text. */
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { ProbeKind } from '../../domain/diagnosis-observation.ts';
import { removed } from '../../domain/redact.ts';

export type Headers = Readonly<Record<string, string>>;

export interface ProbeHeaders {
  /** As the template gives them; none for most probes. */
  of(container: string, kind: ProbeKind): Headers;
  /** `Host`, as for a probe that names none; empty while the pod has no address. */
  hostOf(pod: string, port: number): Headers;
}

export function probeHeaders({ spec }: V1Deployment, pods: readonly V1Pod[]): ProbeHeaders {
  const { initContainers = [], containers = [] } = spec?.template.spec ?? {};
  return {
    of: (name, kind) => {
      const container = [...initContainers, ...containers].find((each) => each.name === name);
      const headers = container?.[`${kind}Probe`]?.httpGet?.httpHeaders ?? [];
      return Object.fromEntries(headers.map((header) => [header.name.toLowerCase(), header.value]));
    },
    hostOf: (name, port) => {
      const ip = pods.find(({ metadata }) => metadata?.name === name)?.status?.podIP;
      if (ip === undefined) return {};
      return { host: `${ip.includes(':') ? `[${ip}]` : ip}:${port}` };
    },
  };
}

/** Shorter ones stand in many texts, and are no secrets. */
const shortestSecret = 6;

/** An answer may repeat what it was sent. */
export function withoutValues(text: string, headers: Headers): string {
  return Object.entries(headers)
    .filter(([name, value]) => name !== 'host' && value.length >= shortestSecret)
    .reduce((current, [, value]) => current.replaceAll(value, removed), text);
}
