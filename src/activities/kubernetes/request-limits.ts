import { setMaxListeners } from 'node:events';
import type { RequestContext, ResponseContext } from '@kubernetes/client-node';
import { asyncLocalStorage } from '@temporalio/activity';

/** The API server itself gives up on ordinary requests after 60 s; a healthy one answers within a second. */
const requestTimeoutSeconds = 30;

/** Middleware that ends a request on timeout or when the activity that makes it is cancelled. */
export const boundRequests = {
  pre(request: RequestContext): Promise<RequestContext> {
    const limit = new AbortController();
    setTimeout(() => limit.abort(), requestTimeoutSeconds * 1000).unref();
    const cancelled = asyncLocalStorage.getStore()?.cancellationSignal;
    if (cancelled?.aborted === true) limit.abort();
    if (cancelled !== undefined) {
      // Many requests at once are meant; bound to `limit`, so that a long activity does not collect listeners.
      setMaxListeners(0, cancelled);
      cancelled.addEventListener('abort', () => limit.abort(), { signal: limit.signal });
    }
    request.setSignal(limit.signal);
    return Promise.resolve(request);
  },
  post(response: ResponseContext): Promise<ResponseContext> {
    return Promise.resolve(response);
  },
};
