/**
 * The cluster that all test files of one jest run share, in a process of its own that lives as
 * long as that run. Arguments: the folder of shared-cluster.ts, and jest's process id.
 */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../../local/cluster.ts';
import { keep } from '../../local/keep.ts';
import { startStandIn } from '../../local/stand-in.ts';

const lookAgainMs = 200;

async function main(folder: string, jestPid: number, bin: string): Promise<void> {
  // With the slash: another run's folder may begin with the name of this one's.
  const keeper = keep({ marker: `${folder}/`, folder });
  try {
    const cluster = await startCluster({ bin, workDir: folder, contexts: ['test-cluster'] });
    await startStandIn({ kubeconfig: cluster.kubeconfig, workDir: folder });
    await answer(folder, { kubeconfig: cluster.kubeconfig });
  } catch (error) {
    await answer(folder, { failure: String(error) });
  }
  // No event tells of the end of a process that is no child of this one.
  while (isRunning(jestPid)) await sleep(lookAgainMs);
  await keeper.end();
}

/** Renamed into place: whoever sees the file sees all of it. */
async function answer(folder: string, content: object): Promise<void> {
  const file = join(folder, 'answer.json');
  await writeFile(`${file}.part`, JSON.stringify(content));
  await rename(`${file}.part`, file);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const [folder = '', jestPid = '', bin = ''] = process.argv.slice(2);
await main(folder, Number(jestPid), bin);
process.exit();
