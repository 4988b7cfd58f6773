import { excerpt } from '../domain/redact.ts';

/** Characters of an error's own words. */
const maxQuote = 160;

interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

/** Why a request got no answer: `fetch` only says that it failed, and clients wrap that; the innermost cause says why. */
export function causeOf(error: unknown): string {
  let innermost = error as Thrown | null | undefined;
  for (
    let thrown = innermost;
    typeof thrown === 'object' && thrown !== null;
    thrown = thrown.cause as Thrown | null | undefined
  ) {
    innermost = thrown;
    if (thrown.name === 'TimeoutError') return 'not in time';
  }
  const { code, message } = innermost ?? {};
  if (typeof code === 'string') return code;
  return typeof message === 'string' && message !== '' ? excerpt(message, maxQuote) : 'for no known reason';
}
