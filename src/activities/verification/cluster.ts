/** What verification needs of a cluster: reads, one streamed request, one web socket. */
import type { V1Deployment, V1PodList, V1ReplicaSet } from '@kubernetes/client-node';
import type { Readable } from 'node:stream';

export interface VerificationCluster {
  readDeployment(namespace: string, name: string): Promise<V1Deployment>;
  listReplicaSets(namespace: string, labelSelector: string): Promise<readonly V1ReplicaSet[]>;
  listPods(namespace: string, labelSelector: string): Promise<V1PodList>;
  /** One request to the API server, its answer not yet read. Errors of the connection reject. */
  request(path: string, options: RequestOptions): Promise<ApiAnswer>;
  /** One web socket to the API server. Throws `ApiRefusal` when the server answers but does not open it. */
  openSocket(path: string, options: SocketOptions): Promise<ApiSocket>;
}

export interface RequestOptions {
  readonly method: 'GET' | 'HEAD';
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
}

export interface SocketOptions {
  readonly protocols: readonly string[];
  /** Until the socket is open. */
  readonly signal: AbortSignal;
  readonly onMessage: (data: Buffer) => void;
  /** Once, with the error that ended it if there was one. */
  readonly onClose: (error?: Error) => void;
}

export interface ApiSocket {
  send(data: Buffer, done: (error?: Error | null) => void): void;
  pause(): void;
  resume(): void;
  /** Ends it at once; repeating it changes nothing. */
  terminate(): void;
}

/** The API server's own refusal, as opposed to what a pod answers through it. */
export class ApiRefusal extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.name = 'ApiRefusal';
    this.statusCode = statusCode;
  }
}
