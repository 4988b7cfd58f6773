/** Stands for an API server whose watches are at fault: it lists what there is, and watches as it is told to. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { listenLocally, sendJson } from './local-server.ts';

export interface ListServer {
  readonly config: KubeConfig;
  /** Objects of each collection, by its path. */
  readonly collections: Map<string, readonly KubernetesObject[]>;
  /** Paths of the watches so far, and of all other requests. */
  readonly watches: readonly string[];
  readonly reads: readonly string[];
  /** Resolves once there have been so many watches. */
  watched(times: number): Promise<void>;
  stop(): Promise<void>;
}

/** Says nothing for ever, ends at once, is refused, or answers that the state is too old. */
export type WatchManner = 'silent' | 'ends' | 'refused' | 'gone';

export async function startListServer(manner: WatchManner): Promise<ListServer> {
  const collections = new Map<string, readonly KubernetesObject[]>();
  const watches: string[] = [];
  const reads: string[] = [];
  let onWatch = (): void => {};

  const server = await listenLocally((request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (searchParams.get('watch') === 'true') {
      watches.push(pathname);
      onWatch();
      return watch(manner, response);
    }
    reads.push(pathname);
    const items = collections.get(pathname);
    if (items !== undefined)
      return sendJson(response, 200, { kind: 'List', metadata: { resourceVersion: '1' }, items });
    const [, collection = '', name = ''] = /^(.*)\/([^/]*)$/.exec(pathname) ?? [];
    const found = collections.get(collection)?.find(({ metadata }) => metadata?.name === name);
    sendJson(response, found === undefined ? 404 : 200, found ?? { kind: 'Status', code: 404 });
  });

  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'test', server: server.origin, skipTLSVerify: true },
    { name: 'test' },
  );
  return {
    ...{ config, collections, watches, reads, stop: server.stop },
    watched: (times) =>
      new Promise((resolve) => {
        onWatch = () => {
          if (watches.length >= times) resolve();
        };
        onWatch();
      }),
  };
}

function watch(manner: WatchManner, response: ServerResponse): void {
  switch (manner) {
    case 'silent':
      response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
      return;
    case 'ends':
      response.writeHead(200, { 'Content-Type': 'application/json' }).end();
      return;
    case 'refused':
      return sendJson(response, 500, { kind: 'Status', code: 500, message: 'no' });
    case 'gone':
      return sendJson(response, 200, { type: 'ERROR', object: { kind: 'Status', code: 410 } });
  }
}
