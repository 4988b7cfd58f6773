import type { V1Container, V1Probe } from '@kubernetes/client-node';
import type { ProbeFacts, ProbeKind } from '../../domain/diagnosis-observation.ts';

export function probesOf(container: V1Container): readonly ProbeFacts[] {
  const probes: readonly (readonly [ProbeKind, V1Probe | undefined])[] = [
    ['startup', container.startupProbe],
    ['readiness', container.readinessProbe],
    ['liveness', container.livenessProbe],
  ];
  return probes.flatMap(([kind, probe]) => (probe === undefined ? [] : [probeFacts(kind, probe, container)]));
}

function probeFacts(kind: ProbeKind, probe: V1Probe, container: V1Container): ProbeFacts {
  const { httpGet, tcpSocket, grpc } = probe;
  const port = httpGet?.port ?? tcpSocket?.port ?? grpc?.port;
  const https = httpGet?.scheme === 'HTTPS';
  return {
    kind,
    words: words(probe),
    timeoutSeconds: probe.timeoutSeconds ?? 1,
    ...(port === undefined ? {} : { port: portOf(port, container) }),
    // Another host is not the pod: asking the pod would say nothing about it.
    ...(httpGet === undefined || httpGet.host !== undefined
      ? {}
      : { http: { path: pathOf(httpGet.path), scheme: https ? 'HTTPS' : 'HTTP' } }),
  };
}

function portOf(written: number | string, { ports = [] }: V1Container): NonNullable<ProbeFacts['port']> {
  const number =
    typeof written === 'number' ? written : ports.find(({ name }) => name === written)?.containerPort;
  return { written: String(written), ...(number === undefined ? {} : { number }) };
}

function pathOf(path = '/'): string {
  return path.startsWith('/') ? path : `/${path}`;
}

/** As `kubectl describe` words it. */
function words(probe: V1Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 1, periodSeconds = 10, failureThreshold = 3 } = probe;
  const timing = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #failure=${failureThreshold}`;
  return `${action(probe)} ${timing}`;
}

function action({ httpGet, tcpSocket, grpc, exec }: V1Probe): string {
  if (httpGet !== undefined) {
    const { scheme, host = '', port, path } = httpGet;
    return `http-get ${scheme === 'HTTPS' ? 'https://' : ''}${host}:${port}${pathOf(path)}`;
  }
  if (tcpSocket !== undefined) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port}`;
  if (grpc !== undefined) return `grpc :${grpc.port}`;
  return `exec [${(exec?.command ?? []).join(' ')}]`;
}
