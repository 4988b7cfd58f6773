import { Octokit } from '@octokit/rest';

/** Milliseconds for one request: GitHub itself gives up on a request after so long. */
const requestMilliseconds = 10_000;

/** What is asked of GitHub's REST API. */
export interface GithubPort {
  readonly rest: {
    readonly repos: Pick<
      Octokit['rest']['repos'],
      'get' | 'getReleaseByTag' | 'getContent' | 'getCombinedStatusForRef'
    >;
    readonly git: Pick<Octokit['rest']['git'], 'getRef' | 'getTag'>;
    readonly checks: Pick<Octokit['rest']['checks'], 'listForRef'>;
    readonly issues: Pick<Octokit['rest']['issues'], 'create' | 'listForRepo' | 'update'>;
  };
}

/** Failures are raised to whoever asks; the client's own remarks would be a second voice. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** `url` is the API of an installation of one's own, for example `https://github.example.com/api/v3`. */
export function createGithubClient(options: {
  readonly token?: string;
  readonly url?: string;
  /** Milliseconds for one request. */
  readonly timeout?: number;
}): GithubPort {
  const { token, url, timeout = requestMilliseconds } = options;
  return new Octokit({
    ...(token === undefined ? {} : { auth: token }),
    ...(url === undefined ? {} : { baseUrl: url.replace(/\/+$/, '') }),
    userAgent: 'fairway',
    log: silent,
    request: {
      fetch: (input: string, init: RequestInit) => {
        const limit = AbortSignal.timeout(timeout);
        const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
        return fetch(input, { ...init, signal });
      },
    },
  });
}
