/** How GitHub's API answers, whatever it is asked for. */
import type { IncomingMessage } from 'node:http';

export interface Answer {
  readonly status?: number;
  /** A text is a raw file. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that GitHub documents. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** What is wrong with which field. */
    readonly errors?: readonly object[],
  ) {
    super(message);
  }
}

export interface Question {
  readonly request: IncomingMessage;
  readonly url: URL;
  /** Decoded, below the API's base. */
  readonly path: string;
  readonly seesPrivate: boolean;
  /** What was sent along. */
  readonly json?: unknown;
}

const perPageDefault = 30;

/** One page, and in the Link header where the others are. */
export function page(
  all: readonly unknown[],
  { url }: Question,
  body: (shown: readonly unknown[]) => unknown,
): Answer {
  const perPage = Number(url.searchParams.get('per_page') ?? perPageDefault);
  if (!Number.isInteger(perPage) || perPage < 1 || perPage > 100) throw new Refusal(422, 'Validation Failed');
  const number = Number(url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const linkTo = (to: number, rel: string): string => {
    const there = new URL(url);
    there.searchParams.set('page', String(to));
    return `<${there.href}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [linkTo(number - 1, 'prev')] : []),
    ...(number < last ? [linkTo(number + 1, 'next'), linkTo(last, 'last')] : []),
  ];
  return {
    body: body(all.slice((number - 1) * perPage, number * perPage)),
    ...(links.length === 0 ? {} : { headers: { Link: links.join(', ') } }),
  };
}
