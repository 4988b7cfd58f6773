/**
 * The environment that a helm process gets: what reaching a cluster, a chart and their credentials
 * takes, and nothing else. Tokens of other systems stay with the worker, and settings that would
 * silently send helm elsewhere (`HELM_NAMESPACE`, `HELM_KUBE*`, `HELM_DRIVER`) do not come through.
 */

const names = new Set([
  // Finding programs (a kubeconfig may name a credential plugin) and the user's own files.
  'PATH',
  'HOME',
  'USER',
  'TMPDIR',
  'LANG',
  // The cluster.
  'KUBECONFIG',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  // helm's own files, chart repositories, registries, and how many revisions are kept.
  'HELM_CACHE_HOME',
  'HELM_CONFIG_HOME',
  'HELM_DATA_HOME',
  'HELM_MAX_HISTORY',
  'HELM_REGISTRY_CONFIG',
  'HELM_REPOSITORY_CACHE',
  'HELM_REPOSITORY_CONFIG',
  'DOCKER_CONFIG',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  // The network.
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]);

/** What the clouds' credential plugins read. */
const prefixes = ['AWS_', 'AZURE_', 'GOOGLE_', 'CLOUDSDK_'];

/** Keeps of `environment` (usually `process.env`) what helm needs. */
export function helmEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    if (names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))) kept[name] = value;
  }
  return kept;
}
