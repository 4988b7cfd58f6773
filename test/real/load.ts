/** A bounded, steady load on one address, and what came of each request. */
import http from 'node:http';

/** Requests a second: enough to meet a gap of a tenth of a second, far from a load test. */
const perSecond = 40;
/** At most this many are waited for at a time; more means that the server does not answer, and is counted. */
const maxOpen = 80;
const timeoutMs = 5_000;

export interface Served {
  readonly requests: number;
  /** What went wrong and how often, for example `{"ECONNREFUSED": 2}`. */
  readonly failed: Readonly<Record<string, number>>;
  /** Answers by the version that gave them. */
  readonly versions: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly slowest: number;
}

export interface Load {
  /** Lets open requests end. */
  readonly stop: () => Promise<Served>;
}

/** GET /version of `host:8000`, each request on a connection of its own, as new clients come. */
export function startLoad(host: string): Load {
  const failed: Record<string, number> = {};
  const versions: Record<string, number> = {};
  const open = new Set<Promise<void>>();
  let requests = 0;
  let slowest = 0;
  const count = (counts: Record<string, number>, key: string): void => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  const ask = async (): Promise<void> => {
    const from = performance.now();
    try {
      count(versions, await askVersion(host));
    } catch (error) {
      count(
        failed,
        error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : 'unknown',
      );
    }
    slowest = Math.max(slowest, performance.now() - from);
  };
  const timer = setInterval(() => {
    requests += 1;
    if (open.size >= maxOpen) return count(failed, 'too many requests without an answer');
    const asked = ask().finally(() => open.delete(asked));
    open.add(asked);
  }, 1000 / perSecond);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      return { requests, failed, versions, slowest: Math.round(slowest) };
    },
  };
}

function askVersion(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host, port: 8000, path: '/version', agent: false, timeout: timeoutMs };
    const request = http.get(options, (answer) => {
      answer.resume().on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(String(answer.headers['x-version']));
        else reject(new Error(`status ${answer.statusCode ?? 0}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
  });
}
