/** A light, steady load on simulated pods: loopback only, one request after the other for each pod. */
import type { StandIns } from './stand-ins.ts';

export interface Load {
  stop(): Promise<void>;
}

interface LoadOptions {
  readonly namespace: string;
  readonly path: string;
  /** For each pod that is ready. */
  readonly perSecond: number;
}

/** Pods are listed again so often (ms). */
const listEveryMs = 1_000;

export function startLoad(standIns: StandIns, { namespace, path, perSecond }: LoadOptions): Load {
  const stopping = new AbortController();
  const { signal } = stopping;
  const ask = async (apiPort: number): Promise<void> => {
    try {
      await (await fetch(`http://127.0.0.1:${apiPort}${path}`, { signal })).arrayBuffer();
    } catch {
      // A pod that has gone meanwhile: the next list knows.
    }
  };
  const running = (async () => {
    let ports: readonly number[] = [];
    let listedAt = -Infinity;
    while (!signal.aborted) {
      if (performance.now() - listedAt > listEveryMs) {
        listedAt = performance.now();
        const pods = await standIns.list().catch(() => []);
        ports = pods.filter((pod) => pod.namespace === namespace).map(({ apiPort }) => apiPort);
      }
      await Promise.all([...ports.map(ask), pause(1000 / perSecond, signal)]);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
