// Outlives whoever started it by a moment: when its standard input closes (the starter stopped,
// or died in any way), it ends every process whose command line holds the marker and removes the
// folder. A process of its own session, so that Ctrl-C in a terminal does not reach it.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [marker = '', folder = ''] = process.argv.slice(2);
if (marker === '') throw new Error('keeper.mjs: a marker is required');

function commandLines() {
  if (existsSync('/proc/self/cmdline')) return readdirSync('/proc').filter(isNumber).map(fromProc);
  const listing = execFileSync('ps', ['-Awwo', 'pid=,command='], { encoding: 'utf8' });
  return listing.split('\n').map((line) => {
    const [, pid = '0', command = ''] = /^\s*(\d+)\s(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), command };
  });
}

/** @param {string} name */
function isNumber(name) {
  return /^\d+$/.test(name);
}

/** @param {string} pid */
function fromProc(pid) {
  try {
    return { pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
  } catch {
    return { pid: 0, command: '' };
  }
}

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
    const found = commandLines().filter(
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
