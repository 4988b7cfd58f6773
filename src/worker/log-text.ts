/** A log line for people at a terminal. */

/** `2026-02-03T09:00:00.000Z INFO message release=shop-4.1.0`; errors follow on lines of their own. */
export function logText({
  level,
  time,
  message,
  error,
  ...fields
}: Readonly<Record<string, unknown>>): string {
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${written(value)}`);
  return `${String(time)} ${String(level).toUpperCase()} ${String(message)}${rest.join('')}${errorText(error)}\n`;
}

function errorText(error: unknown): string {
  if (error === undefined) return '';
  if (typeof error !== 'object' || error === null) return `\n  ${written(error)}`;
  const { stack, cause, ...known } = error as { readonly stack?: unknown; readonly cause?: unknown };
  const words = typeof stack === 'string' ? stack : written(known);
  return `\n  ${words.replaceAll('\n', '\n  ')}${errorText(cause)}`;
}

function written(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
