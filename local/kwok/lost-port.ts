/** A port that was free when it was chosen, and that somebody else was quicker to take. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const lookAgainMs = 250;

/** What a component's log says of it. A component without its port has ended; another may answer there. */
export async function lostPort(logs: string): Promise<string | undefined> {
  for (const name of await readdir(logs).catch(() => [])) {
    const lines = (await readFile(join(logs, name), 'utf8')).split('\n');
    const line = lines.find((each) => each.includes('address already in use'));
    if (line !== undefined) return `${name}: ${line.trim()}`;
  }
  return undefined;
}

/** Throws when a port was lost. */
export async function expectPorts(logs: string): Promise<void> {
  const lost = await lostPort(logs);
  if (lost !== undefined) throw new Error(`The cluster did not start: a port was taken. ${lost}`);
}

/** The same as soon as it happens: kwokctl would wait for the component to the end. */
export async function whileHoldingPorts(logs: string, work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = work.finally(() => (isOver = true));
  const looking = async (): Promise<void> => {
    while (!isOver) {
      await expectPorts(logs);
      await sleep(lookAgainMs);
    }
  };
  await Promise.race([over, looking()]);
  await over;
}
