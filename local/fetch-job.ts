import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { buildInto } from './build-tools.ts';
import type { Job } from './jobs.ts';

export interface Fetching {
  readonly title: string;
  /** What it says of itself, for example `fetching its npm package`. */
  readonly doing: string;
  /** In the user's cache folder. */
  readonly folder: string;
  readonly isThere: () => boolean;
  readonly fetch: (temporaryFolder: string, signal: AbortSignal) => Promise<void>;
}

/** Fetches what only some tests need, once. That it could not be fetched is said; those tests say what to do. */
export function fetchJob({ title, doing, folder, isThere, fetch }: Fetching): Job {
  return {
    title,
    run: async (report, signal) => {
      report(doing);
      const onWait = (pid: number) => report(`process ${pid} is fetching it, waiting for that`);
      await mkdir(dirname(folder), { recursive: true });
      try {
        await buildInto(folder, isThere, onWait, (temporary) => fetch(temporary, signal));
      } catch (error) {
        if (signal.aborted) throw error;
        report(`not fetched: ${(error as Error).message.split('\n')[0] ?? ''}`);
      }
    },
  };
}
