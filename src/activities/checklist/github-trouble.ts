/** What GitHub's refusals mean, and what a person does about each. */
import { excerpt } from '../../domain/redact.ts';
import { causeOf } from '../cause.ts';
import { isRateLimited, refusalOf, said } from '../github-refusal.ts';
import { unknown, type Trouble } from './answer.ts';
import { maxQuote } from './limits.ts';

const again = 'It is asked again by itself';
const classicToken =
  'FAIRWAY_GITHUB_TOKEN has to be a classic token with the scope repo, or one of a GitHub App that may read contents, checks and commit statuses (fine-grained tokens cannot read checks)';

export function githubTrouble(error: unknown): Trouble {
  const refusal = refusalOf(error);
  if (refusal?.response === undefined) {
    return unknown(
      `GitHub does not answer (${causeOf(error)})`,
      `${again}; if it stays so, check the worker's way to it and codeHost.url in fairway.yaml`,
    );
  }
  const { status, response } = refusal;
  const { headers } = response;
  const words = said(response.data);
  if (isRateLimited(refusal))
    return unknown(
      'GitHub takes no more questions for now: its rate limit is reached',
      `${again} when GitHub takes questions again. With a token in FAIRWAY_GITHUB_TOKEN it takes more of them`,
    );
  if (status === 401)
    return unknown(
      `GitHub does not accept this worker's token${words}`,
      'Put a valid token into FAIRWAY_GITHUB_TOKEN and restart the worker',
    );
  if (status === 403) return forbidden(headers, words);
  if (status === 404)
    return unknown(`GitHub shows nothing under this address to this worker${words}`, classicToken);
  if (status >= 500) return unknown(`GitHub has trouble of its own (HTTP ${status})`, again);
  return unknown(
    `GitHub refused to answer (HTTP ${status})${words}`,
    'Check the repository in fairway.yaml and codeHost.url',
  );
}

/** What is answered, but is not what GitHub answers: the page of a proxy, for example. */
export function notGithub(): Trouble {
  return unknown(
    'the answer was not that of a GitHub API',
    'Check codeHost.url in fairway.yaml (of an own installation it ends in /api/v3) and any proxy on the way',
  );
}

function forbidden(headers: Readonly<Record<string, unknown>>, words: string): Trouble {
  const sso = headers['x-github-sso'];
  if (typeof sso === 'string' && sso.startsWith('required'))
    return unknown(
      `the organisation has not let this worker's token in${words}`,
      'Authorise the token of FAIRWAY_GITHUB_TOKEN for the organisation (single sign-on)',
    );
  const needed = headers['x-accepted-github-permissions'];
  const which = typeof needed === 'string' && needed !== '' ? ` (needed: ${excerpt(needed, maxQuote)})` : '';
  return unknown(`this worker's token may not read this${which}${words}`, classicToken);
}
