/** A server that speaks the API server's side of port-forward, exec and proxy, with pods of any manners. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { WebSocketServer, type WebSocket } from 'ws';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import type { VerificationCluster } from '../../../src/activities/verification/cluster.ts';
import { createVerificationCluster } from '../../../src/activities/verification/kube-cluster.ts';

export interface ApiLike {
  readonly cluster: VerificationCluster;
  /** Path and query of each request, in order. */
  readonly requests: readonly string[];
  /** Connections that are open now. */
  readonly open: () => number;
  readonly close: () => Promise<void>;
}

export interface Manners {
  /** Plays the pod's end of a port-forward or exec. */
  readonly socket?: (socket: WebSocket, raw: Socket, path: string) => void;
  /** Answers a plain request, or refuses an upgrade. */
  readonly request?: http.RequestListener;
}

export async function startApiLike(manners: Manners): Promise<ApiLike> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const upgrades = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  const server = http.createServer((request, response) => {
    requests.push(request.url ?? '');
    if (manners.request === undefined) response.writeHead(500).end();
    else manners.request(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  const { socket: play } = manners;
  if (play !== undefined) {
    server.on('upgrade', (request, raw: Socket, head) => {
      requests.push(request.url ?? '');
      upgrades.handleUpgrade(request, raw, head, (socket) => {
        socket.on('error', () => undefined);
        play(socket, raw, request.url ?? '');
      });
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    cluster: clusterAt(`http://127.0.0.1:${port}`),
    requests,
    open: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export function clusterAt(server: string): VerificationCluster {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'like', server, skipTLSVerify: true }],
    users: [{ name: 'like', token: 'a-token' }],
    contexts: [{ name: 'like', cluster: 'like', user: 'like' }],
    currentContext: 'like',
  });
  return createVerificationCluster(createClusterClients(config, 'like'));
}

export function status(code: number, message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message });
}
