/** A wait that an event ends early. An event before the wait ends it at once: none is missed. */
export interface Alarm {
  ring(): void;
  /** Resolves on a ring, after `ms` milliseconds, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Node's timers hold at most this many milliseconds and fire at once beyond. */
const maxTimer = 2 ** 31 - 1;

export function createAlarm(): Alarm {
  let rung = false;
  let wake = (): void => {};
  return {
    ring: () => {
      rung = true;
      wake();
    },
    wait: async (ms, signal) => {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const end = (): void => {
            clearTimeout(timer);
            signal.removeEventListener('abort', end);
            resolve();
          };
          const timer = setTimeout(end, Math.min(Math.max(ms, 0), maxTimer));
          wake = end;
          signal.addEventListener('abort', end, { once: true });
        });
      }
      rung = false;
    },
  };
}
