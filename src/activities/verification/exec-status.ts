export type ExecStatus =
  | { readonly kind: 'ended'; readonly code: number }
  /** The program is not there, or the container runtime could not start it. */
  | { readonly kind: 'notStarted'; readonly message: string };

/** As shells have it, and some container runtimes: not executable, not found. */
const notStartedCodes: readonly number[] = [126, 127];

interface Status {
  readonly status?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/** Reads the `Status` object with which an exec ends: the exit code hides in its causes. */
export function readExecStatus(text: string): ExecStatus {
  const status = parse(text);
  if (status?.status === 'Success') return { kind: 'ended', code: 0 };
  const cause = status?.details?.causes?.find((candidate) => candidate.reason === 'ExitCode');
  const code = Number(cause?.message ?? Number.NaN);
  return Number.isInteger(code) && !notStartedCodes.includes(code)
    ? { kind: 'ended', code }
    : { kind: 'notStarted', message: status?.message ?? 'the container runtime gave no reason' };
}

function parse(text: string): Status | null {
  try {
    return JSON.parse(text) as Status | null;
  } catch {
    return null;
  }
}
