/** Requests to a pod through the API server, as kubectl makes them. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Exec, PortForward, type V1Pod, type V1Status } from '@kubernetes/client-node';
import type { TestCluster } from './cluster.ts';

/** GET by port-forward; a connection that is refused or closed throws. */
export async function getThroughPortForward(
  cluster: TestCluster,
  pod: V1Pod,
  port: number,
  path: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const forward = new PortForward(cluster.config);
  const { name = '', namespace = '' } = pod.metadata ?? {};
  let refusal = '';
  const server = createServer((socket) => {
    const errors = new PassThrough().setEncoding('utf8').on('data', (problem: string) => {
      refusal += problem;
      socket.destroy();
    });
    forward.portForward(namespace, name, [port], socket, errors, socket).then(
      (tunnel) => socket.on('close', () => ('close' in tunnel ? tunnel.close() : undefined)),
      () => socket.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port: local } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${String(local)}${path}`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(120_000),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    throw new Error(`port-forward to ${name}: ${refusal}`, { cause: error });
  } finally {
    server.close();
  }
}

export async function execInPod(cluster: TestCluster, pod: V1Pod, command: string[]): Promise<string> {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(cluster.config)
      .exec(namespace, name, 'tensafe', command, stdout, stderr, null, false, resolve)
      .catch(reject);
  });
  stdout.end();
  stderr.end();
  const [output, errors] = await printed;
  if (status.status !== 'Success') throw new Error(`${status.message ?? 'exec failed'} ${errors}`);
  return output;
}
