import { Duplex } from 'node:stream';
import { Unreachable } from './ask.ts';
import type { ApiSocket, VerificationCluster } from './cluster.ts';

const dataChannel = 0;

/**
 * A connection to a port of a pod, through the API server: Kubernetes' port-forward over a web
 * socket, channel 0 for data and 1 for errors, each beginning with the port number. Throws
 * `ApiRefusal`, and `Unreachable` when the pod's side refuses; later the same ends the stream.
 */
export async function openPortForward(
  cluster: Pick<VerificationCluster, 'openSocket'>,
  at: { readonly namespace: string; readonly pod: string; readonly port: number },
  signal: AbortSignal,
): Promise<Duplex> {
  const { namespace, pod, port } = at;
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`;
  /** Empty until the web socket is open. */
  const link: { socket?: ApiSocket } = {};
  const begun = new Set<number>();
  const stream = new Duplex({
    read: () => link.socket?.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      link.socket?.send(Buffer.concat([Buffer.of(dataChannel), chunk]), done);
    },
    // This protocol has no half-close: closing now would cut off the answer.
    final: (done) => {
      done();
    },
    destroy: (error, done) => {
      link.socket?.terminate();
      done(error);
    },
  });
  // Whoever uses the stream listens too; an error after that must find a listener as well.
  stream.on('error', () => undefined);
  const socket = await cluster.openSocket(path, {
    protocols: ['v4.channel.k8s.io'],
    signal,
    onMessage: (data) => {
      const channel = data[0] ?? dataChannel;
      const payload = data.subarray(1);
      if (!begun.has(channel)) {
        begun.add(channel);
        return;
      }
      if (stream.destroyed || payload.length === 0) return;
      if (channel !== dataChannel) stream.destroy(new Unreachable(payload.toString('utf8')));
      else if (!stream.push(payload)) link.socket?.pause();
    },
    onClose: (error) => {
      if (error === undefined) stream.push(null);
      else stream.destroy(error);
    },
  });
  link.socket = socket;
  if (stream.destroyed) {
    // The pod's side refused before this side was ready to hear it.
    socket.terminate();
    throw stream.errored ?? new Unreachable('the connection ended before it was used');
  }
  return stream;
}
