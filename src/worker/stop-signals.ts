/** SIGTERM and SIGINT, heard from the first moment of a process. */

export interface StopSignals {
  /** Resolves when one comes before anybody has taken them: nothing runs yet, so the process may end. */
  readonly early: Promise<NodeJS.Signals>;
  /** From now on each is `handle`'s. */
  readonly take: (handle: (signal: NodeJS.Signals) => void) => void;
  readonly close: () => void;
}

export function listenForStop(): StopSignals {
  let handle: (signal: NodeJS.Signals) => void = () => undefined;
  const early = new Promise<NodeJS.Signals>((resolve) => {
    handle = resolve;
  });
  const stop = (signal: NodeJS.Signals): void => handle(signal);
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    early,
    take: (by) => {
      handle = by;
    },
    close: () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}
