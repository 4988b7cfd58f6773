/** A page's fairway.yaml, for the cluster that is there: the names of clusters and namespaces are the reader's own. */
import { parseDocument, stringify } from 'yaml';

export interface Where {
  /** kube context. */
  readonly context: string;
  /** Namespaces by environment. */
  readonly namespaces: Readonly<Record<string, string>>;
}

/** TenSafe's chart runs as the service of the page, whatever that is called. */
const service = {
  deployment: 'tensafe-server',
  container: 'tensafe',
  image: 'tensafe/server',
  kubernetesService: 'tensafe-server',
  verification: { port: 8000 },
};

/** `parts` are the page's own blocks, together one file; `services` is added where the page has none. */
export function pageConfiguration(
  parts: readonly string[],
  { context, namespaces }: Where,
  change: Readonly<Record<string, unknown>> = {},
): string {
  const read = parts.map((part) => parseDocument(part).toJS() as Record<string, Record<string, object>>);
  const sections = new Set(read.flatMap((part) => Object.keys(part)));
  const file: Record<string, Record<string, object>> = {};
  for (const section of sections)
    file[section] = Object.fromEntries(read.flatMap((part) => Object.entries(part[section] ?? {})));
  const environments = { ...file['environments'] };
  for (const [name, namespace] of Object.entries(namespaces)) {
    environments[name] = { ...environments[name], cluster: context, namespace };
  }
  const services = file['services'] ?? { shop: service };
  const running = Object.fromEntries(
    Object.entries(services).map(([name, entry]) => [name, { ...entry, ...service }]),
  );
  return stringify({ ...file, environments, services: running, ...change });
}
