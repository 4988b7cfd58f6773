/** Whether requests for a pod reach its stand-in: KWOK learns of new routes a moment after they exist. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiException,
  CoreV1Api,
  Exec,
  PortForward,
  type KubeConfig,
  type V1Pod,
  type V1Status,
} from '@kubernetes/client-node';
import { probePath } from './stand-in-server.ts';

/** Every port but that of the metrics leads to the API. */
const anyPort = 8000;
const tryAgainMs = 100;
/** From when it was asked: on a busy machine the web socket alone may take longer. */
const answerTimeoutMs = 10_000;

/**
 * Resolves when a port-forward, an exec and a log request each reach
 * the pod's stand-in. Rejects when the pod is gone or the signal aborts.
 */
export async function untilRouted(config: KubeConfig, pod: V1Pod, signal: AbortSignal): Promise<void> {
  const place = {
    namespace: pod.metadata?.namespace ?? '',
    name: pod.metadata?.name ?? '',
    container: pod.spec?.containers[0]?.name ?? '',
  };
  const probes = [portForwardAnswers, execAnswers, logsAnswer];
  await Promise.all(
    probes.map(async (probe) => {
      while (!(await probe(config, place))) await sleep(tryAgainMs, undefined, { signal });
    }),
  );
}

interface Place {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

async function portForwardAnswers(config: KubeConfig, { namespace, name }: Place): Promise<boolean> {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const answered = once(output, 'data').then(() => true);
  // A container that does not run refuses the connection: that is an answer too.
  const refused = once(errors, 'data').then(([problem]) => String(problem).includes('connection refused'));
  const tunnel = await new PortForward(config).portForward(namespace, name, [anyPort], output, errors, input);
  input.write(`GET ${probePath} HTTP/1.0\r\n\r\n`);
  const tooLate = sleep(answerTimeoutMs, false, { ref: false });
  const reached = await Promise.race([answered, refused, tooLate]);
  if ('close' in tunnel) tunnel.close();
  return reached;
}

async function execAnswers(config: KubeConfig, { namespace, name, container }: Place): Promise<boolean> {
  const output = new PassThrough().resume();
  let end: (status: V1Status) => void = () => undefined;
  const ended = new Promise<V1Status>((resolve) => (end = resolve));
  const exec = new Exec(config);
  const socket = await exec.exec(namespace, name, container, ['true'], output, output, null, false, end);
  const status = await Promise.race([ended, sleep(answerTimeoutMs, undefined, { ref: false })]);
  // It closes by itself when it has told the status.
  if (status === undefined) socket.close();
  return status?.status === 'Success';
}

async function logsAnswer(config: KubeConfig, place: Place): Promise<boolean> {
  try {
    await config.makeApiClient(CoreV1Api).readNamespacedPodLog({ ...place, tailLines: 1 });
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) throw error;
    return false;
  }
}
