/**
 * The environment that a smoke test's command gets: what finding and running programs takes, and the base
 * URL. The worker's own credentials (Temporal, Slack, kubeconfig) stay with the worker.
 */

const names = [
  // Finding programs, and the user's own files.
  ...[
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'SHELL',
    'TMPDIR',
    'TZ',
    'LANG',
    'LC_ALL',
    'LC_CTYPE',
    'VIRTUAL_ENV',
  ],
  // The network.
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'],
];

/** Names that lists of exceptions from the proxy go by. */
const noProxyNames = ['NO_PROXY', 'no_proxy'];
const loopback = '127.0.0.1,localhost';

/** Keeps of `environment` (usually `process.env`) what a command needs, and adds the base URL. */
export function commandEnvironment(
  environment: NodeJS.ProcessEnv,
  base: { readonly variable: string; readonly url: string },
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined) kept[name] = value;
  }
  // A proxy knows nothing of this machine's loopback.
  for (const name of noProxyNames) {
    const value = environment[name] ?? '';
    kept[name] = value === '' ? loopback : `${value},${loopback}`;
  }
  return { ...kept, [base.variable]: base.url };
}
