/** Starts a smoke test's command, and leaves none of its processes behind, however it ends. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export interface CommandCall {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timedOut' }
  /** It could not be started; `code` as the system says it, for example `ENOENT`. */
  | { readonly kind: 'notStarted'; readonly code: string }
  /** Whoever watched over it was killed. */
  | { readonly kind: 'lost' };

/** What keep-command.mjs says. */
interface Said {
  readonly code?: number | null;
  readonly signal?: string | null;
  readonly error?: string;
}

const keeper = fileURLToPath(new URL('./keep-command.mjs', import.meta.url));

/** Throws the signal's reason once it aborts and everything has ended. */
export async function runCommand(call: CommandCall): Promise<CommandEnd> {
  call.signal.throwIfAborted();
  const child = execa(process.execPath, [keeper, ...call.command], {
    cwd: call.folder,
    env: { ...call.env, FAIRWAY_SMOKE_TEST_RUN: randomUUID() },
    extendEnv: false,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own, so that all of it can be ended; the keeper ends it when this process is gone.
    detached: true,
    buffer: false,
    reject: false,
  });
  let said: Said | undefined;
  void child.on('message', (message) => (said = message as Said));
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding('utf8').on('data', (text: string) => call.onOutput(text));
  }
  let timedOut = false;
  const end = (): void => {
    if (child.connected) child.disconnect();
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, call.timeoutSeconds * 1000);
  call.signal.addEventListener('abort', end, { once: true });
  try {
    await child;
  } finally {
    clearTimeout(timer);
    call.signal.removeEventListener('abort', end);
    endGroup(child.pid);
  }
  call.signal.throwIfAborted();
  return timedOut ? { kind: 'timedOut' } : meaningOf(said);
}

function meaningOf(said: Said | undefined): CommandEnd {
  if (said === undefined) return { kind: 'lost' };
  if (said.error !== undefined) return { kind: 'notStarted', code: said.error };
  if (typeof said.code === 'number') return { kind: 'exited', code: said.code };
  return { kind: 'killed', signal: said.signal ?? 'a signal' };
}

/** The keeper does this; here for the case that it was killed itself. */
function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}
