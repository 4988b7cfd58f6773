import type { Watch } from '@kubernetes/client-node';

/** The server ends each watch after this long: a connection that died silently is noticed well within a wait. */
const watchSeconds = 60;
/** How much later than the server a watch is given up. */
const watchSlackSeconds = 15;

export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

/**
 * One watch request. Resolves when the server ends it in the ordinary way or the signal aborts;
 * rejects with the error that ended it otherwise.
 */
export function watchOnce(
  watch: Watch,
  path: string,
  query: Readonly<Record<string, string>>,
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let request: AbortController | undefined;
    let ended = false;
    const end = (error?: unknown): void => {
      ended = true;
      clearTimeout(guard);
      signal.removeEventListener('abort', onAbort);
      request?.abort();
      if (error === undefined || error === null || signal.aborted) resolve();
      else reject(error instanceof Error ? error : new Error(JSON.stringify(error)));
    };
    const onAbort = (): void => end();
    const guard = setTimeout(
      () => end(new Error('the watch went silent')),
      (watchSeconds + watchSlackSeconds) * 1000,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return end();

    watch
      .watch(
        path,
        { ...query, allowWatchBookmarks: true, timeoutSeconds: watchSeconds },
        (type: string, object: unknown) => {
          if (!ended) onEvent({ type, object });
        },
        end,
      )
      // A request that connects after the end must not stay open.
      .then((controller) => (ended ? controller.abort() : (request = controller)), end);
  });
}
