/** A bounded, steady load on one address, and what came of each request. */
import http from 'node:http';

/** Requests a second: enough to meet a gap of a tenth of a second, far from a load test. */
export const perSecond = 40;
/** At most this many are waited for at a time; more means that the server does not answer, and is counted. */
const maxOpen = 80;
/** So many requests may go out together when they are late: a quarter of a second's. */
const maxAtOnce = perSecond / 4;
const timeoutMs = 5_000;
/** A load that nobody stops ends by itself. */
const maxMs = 10 * 60_000;

export interface Answer {
  /** Unix milliseconds. */
  readonly askedAt: number;
  readonly endedAt: number;
  /** What the answer says of itself; absent when there is none. */
  readonly version?: string;
  /** What went wrong, for example `ECONNREFUSED` or `status 500`. */
  readonly failure?: string;
}

export interface Load {
  /** Lets open requests end. Answers are in the order in which they came. */
  readonly stop: () => Promise<readonly Answer[]>;
}

/** GET /version of `host:8000`, each request on a connection of its own, as new clients come. */
export function startLoad(host: string): Load {
  const answers: Answer[] = [];
  const open = new Set<Promise<void>>();
  const ask = async (): Promise<void> => {
    const askedAt = Date.now();
    const answer = await askVersion(host);
    answers.push({ askedAt, endedAt: Date.now(), ...answer });
  };
  const send = (): void => {
    if (open.size < maxOpen) {
      const asked = ask().finally(() => open.delete(asked));
      open.add(asked);
      return;
    }
    const now = Date.now();
    answers.push({ askedAt: now, endedAt: now, failure: 'too many requests without an answer' });
  };
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    // A busy machine's timers come late: what was due is made up for, but for a long stop.
    const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1_000);
    for (sent = Math.max(sent, due - maxAtOnce); sent < due; sent += 1) send();
  }, 1_000 / perSecond);
  const limit = setTimeout(() => {
    clearInterval(timer);
  }, maxMs);
  return {
    stop: async () => {
      clearInterval(timer);
      clearTimeout(limit);
      await Promise.all(open);
      return answers;
    },
  };
}

function askVersion(host: string): Promise<Pick<Answer, 'version' | 'failure'>> {
  return new Promise((resolve) => {
    const options = { host, port: 8000, path: '/version', agent: false, timeout: timeoutMs };
    const fail = (error: NodeJS.ErrnoException): void => {
      resolve({ failure: error.code ?? error.message });
    };
    const request = http.get(options, (answer) => {
      answer.resume().on('error', fail);
      answer.on('end', () => {
        const status = answer.statusCode ?? 0;
        const version = String(answer.headers['x-version']);
        resolve({ version, ...(status === 200 ? {} : { failure: `status ${status}` }) });
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', fail);
  });
}
