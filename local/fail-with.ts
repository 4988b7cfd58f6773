/** What a person can act on is the message; the stack is for whoever sets FAIRWAY_DEBUG. */
export function failWith(error: unknown): void {
  const text =
    error instanceof Error ? (process.env['FAIRWAY_DEBUG'] ? error.stack : error.message) : undefined;
  process.stderr.write(`${text ?? String(error)}\n`);
  process.exitCode = 1;
}
