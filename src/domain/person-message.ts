/** Messages from people: `{"by": "name", "reason": "text"}`. */

export interface PersonMessage {
  readonly by: string;
  readonly reason?: string;
}

export type ParsedMessage =
  { readonly ok: true; readonly message: PersonMessage } | { readonly ok: false; readonly problem: string };

const maxLength = 500;

export function parsePersonMessage(input: unknown): ParsedMessage {
  const example = '{"by": "you@example.com", "reason": "why"}';
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { ok: false, problem: `expected one JSON object such as ${example}` };
  }
  const { by, reason } = input as Record<string, unknown>;
  if (typeof by !== 'string' || by.trim() === '') {
    return { ok: false, problem: `"by" must say who you are, as in ${example}` };
  }
  if (reason !== undefined && typeof reason !== 'string') {
    return { ok: false, problem: `"reason" must be a text, as in ${example}` };
  }
  return {
    ok: true,
    message: {
      by: by.trim().slice(0, maxLength),
      ...(reason === undefined ? {} : { reason: reason.trim().slice(0, maxLength) }),
    },
  };
}
