import type { KubeConfig } from '@kubernetes/client-node';
import { WebSocket, type ClientOptions } from 'ws';
import { refusalOf } from './api-refusal.ts';
import { type ApiSocket, type SocketOptions } from './cluster.ts';

/**
 * Opens a web socket with the kube context's credentials. Its listeners stay for its whole life:
 * an error that comes late, after anyone is interested, must not end the worker.
 */
export async function openSocket(
  kubeConfig: KubeConfig,
  url: URL,
  options: SocketOptions,
): Promise<ApiSocket> {
  const { protocols, signal, onMessage, onClose } = options;
  signal.throwIfAborted();
  const credentials: ClientOptions = {};
  await kubeConfig.applyToHTTPSOptions(credentials);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  const socket = new WebSocket(url, [...protocols], {
    ...credentials,
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    let opened = false;
    let failure: Error | undefined;
    const abandon = () => {
      reject(signal.reason as Error);
      socket.terminate();
    };
    signal.addEventListener('abort', abandon, { once: true });
    socket.on('open', () => {
      opened = true;
      signal.removeEventListener('abort', abandon);
      resolve(socket);
    });
    socket.on('message', (data) => {
      onMessage(data as Buffer);
    });
    socket.on('unexpected-response', (_request, answer) => {
      void refusalOf(answer.statusCode ?? 0, answer).then((error) => {
        reject(error);
        socket.terminate();
      });
    });
    socket.on('error', (error) => {
      failure ??= error;
    });
    socket.on('close', () => {
      signal.removeEventListener('abort', abandon);
      reject(
        failure ?? Object.assign(new Error('the API server closed the connection'), { code: 'ECONNRESET' }),
      );
      if (opened) onClose(failure);
    });
  });
}
