/**
 * helm in a process group of its own. Ctrl-C in a terminal goes to the whole group of the worker: helm
 * would end in the middle of its work, before the worker could say so to anybody. What helm starts itself
 * (credential plugins) is in its group and ends with it.
 */
import type { ChildProcess } from 'node:child_process';

/** Leaders of the groups that run now. */
const running = new Set<number>();

/** helm is not to outlive a worker that ends in an orderly way; one that is killed cannot see to it. */
function endAll(): void {
  for (const pid of running) signal(pid, 'SIGTERM');
}

/** For a child that was started `detached`. Answers how it is ended: asked first, and killed when it does not. */
export function trackGroup(child: ChildProcess, killAfterMs: number): () => void {
  const { pid } = child;
  if (pid === undefined) return () => undefined;
  if (running.size === 0) process.on('exit', endAll);
  running.add(pid);
  let kill: NodeJS.Timeout | undefined;
  child.once('exit', () => {
    clearTimeout(kill);
    running.delete(pid);
    if (running.size === 0) process.off('exit', endAll);
  });
  return () => {
    signal(pid, 'SIGTERM');
    kill ??= setTimeout(() => signal(pid, 'SIGKILL'), killAfterMs);
  };
}

function signal(leader: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-leader, name);
  } catch {
    // It has ended meanwhile.
  }
}
