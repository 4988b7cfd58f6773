/** One look at a part of the picture: in time or not at all, and never an error. */
import { setMaxListeners } from 'node:events';
import { Observable, type ConfigurationOptions } from '@kubernetes/client-node';
import type { Seen } from '../../domain/diagnosis-observation.ts';
import { messageOf, statusOf } from '../kubernetes/failures.ts';

export interface Looker {
  /** For requests of the Kubernetes client: they end with the time. */
  readonly options: ConfigurationOptions;
  /** Aborted when the time is over, and on cancellation. */
  readonly signal: AbortSignal;
  /** `what` begins the reason for people, for example `the nodes`. */
  see<T>(what: string, look: () => Promise<T>): Promise<Seen<T>>;
  /** Whether the cluster has answered anything so far, and be it that this worker may not look. */
  hasAnswer(): boolean;
}

/** `seconds` are for the words alone; the signal holds the time. */
export function createLooker(signal: AbortSignal, seconds: number): Looker {
  // Many requests at once are meant.
  setMaxListeners(0, signal);
  let answered = false;
  return {
    signal,
    hasAnswer: () => answered,
    options: endingWith(signal),
    see: async (what, look) => {
      try {
        const value = await Promise.race([look(), aborted(signal)]);
        answered = true;
        return { state: 'seen', value };
      } catch (error) {
        answered ||= statusOf(error) !== undefined;
        return { state: 'unseen', reason: `${what}: ${reasonOf(error, signal, seconds)}` };
      }
    },
  };
}

function reasonOf(error: unknown, signal: AbortSignal, seconds: number): string {
  if (signal.aborted) return `no answer within ${seconds} s`;
  const status = statusOf(error);
  if (status === 401 || status === 403) return `this worker may not look (${messageOf(error)})`;
  return messageOf(error);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => {
      reject(new Error('the time is over'));
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}

function endingWith(signal: AbortSignal): ConfigurationOptions {
  return {
    middlewareMergeStrategy: 'append',
    middleware: [
      {
        pre: (request) => {
          const own = request.getSignal();
          request.setSignal(own === undefined ? signal : AbortSignal.any([own, signal]));
          return new Observable(Promise.resolve(request));
        },
        post: (response) => new Observable(Promise.resolve(response)),
      },
    ],
  };
}
