// Outlives whoever started it by a moment: when its standard input closes (the starter stopped,
// or died in any way), it ends every process whose command line holds the marker and removes the
// folder. A process of its own session, so that Ctrl-C in a terminal does not reach it.
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { listProcesses } from './process-list.mjs';

const [marker = '', folder = ''] = process.argv.slice(2);
if (marker === '') throw new Error('keeper.mjs: a marker is required');

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Ended meanwhile.
  }
}

/** Two empty looks in a row: a process that was just being started by another is found by the second. */
async function endEverything() {
  for (let emptyLooks = 0; emptyLooks < 2;) {
    const found = listProcesses().filter(
      ({ pid, command }) => pid !== process.pid && command.includes(marker),
    );
    for (const { pid } of found) kill(pid);
    emptyLooks = found.length === 0 ? emptyLooks + 1 : 0;
    await sleep(50);
  }
}

process.stdin.resume();
process.stdin.on('error', () => {});
process.stdin.on('close', () => {
  void endEverything().then(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
});
