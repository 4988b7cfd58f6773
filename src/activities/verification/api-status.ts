/** The API server's `Status` object, in which it explains its own refusals. */
export interface ApiStatus {
  readonly code: number;
  readonly message: string;
}

/** `undefined` for any other text. */
export function statusOf(text: string): ApiStatus | undefined {
  const body = parse(text);
  if (typeof body !== 'object' || body === null) return undefined;
  const { kind, apiVersion, code, message } = body as Readonly<Record<string, unknown>>;
  if (kind !== 'Status' || apiVersion !== 'v1' || typeof code !== 'number') return undefined;
  return { code, message: typeof message === 'string' ? message : `the API server answered ${code}` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
