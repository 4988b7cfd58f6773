import { Watch } from '@kubernetes/client-node';
import type { TestCluster } from './cluster.ts';

export interface Wish {
  /** For example `/api/v1/namespaces/test/pods`. */
  readonly path: string;
  /** Said when it does not come true. */
  readonly wish: string;
  readonly timeoutMs?: number;
}

/** Watches a collection until the predicate holds for one of its objects, and answers that one. */
export async function untilSeen<T extends { readonly status?: unknown }>(
  cluster: TestCluster,
  { path, wish, timeoutMs = 120_000 }: Wish,
  holds: (object: T) => boolean,
): Promise<T> {
  const stop = new AbortController();
  let last = 'nothing';
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Not seen: ${wish}. Last: ${last}`)), timeoutMs);
      stop.signal.addEventListener('abort', () => clearTimeout(timer));
      const seen = (_: string, object: T) => {
        last = JSON.stringify(object.status ?? object);
        if (holds(object)) resolve(object);
      };
      const ended = (error: unknown) =>
        reject(new Error(`The watch ended before: ${wish} (${String(error)})`));
      new Watch(cluster.config).watch(path, {}, seen, ended).then((request) => {
        if (stop.signal.aborted) request.abort();
        else stop.signal.addEventListener('abort', () => request.abort());
      }, reject);
    });
  } finally {
    stop.abort();
  }
}
