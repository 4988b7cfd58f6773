// Plain JavaScript: keeper.mjs runs by itself.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} RunningProcess
 * @property {number} pid
 * @property {number} parent
 * @property {boolean} isDead ended, and its parent has not asked how
 * @property {string} command its command line
 */

/** All processes of this machine: from /proc where there is one, else from `ps`, which then is. @returns {RunningProcess[]} */
export function listProcesses() {
  if (existsSync('/proc/self/stat')) return readdirSync('/proc').filter(isNumber).flatMap(fromProc);
  const listing = execFileSync('ps', ['-Awwo', 'pid=,ppid=,stat=,command='], { encoding: 'utf8' });
  return listing.split('\n').flatMap((line) => {
    const [, pid, parent, state = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), isDead: state.startsWith('Z'), command }];
  });
}

/** Resolves when none of them runs; nothing tells of the end of another's children. @param {readonly number[]} pids */
export async function untilEnded(pids) {
  while (listProcesses().some(({ pid, isDead }) => pids.includes(pid) && !isDead)) await sleep(20);
}

/** @param {string} name */
function isNumber(name) {
  return /^\d+$/.test(name);
}

/** @param {string} pid @returns {RunningProcess[]} none when it has ended meanwhile */
function fromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // A program's name may hold anything, brackets too.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return [{ pid: Number(pid), parent: Number(parent), isDead: state === 'Z', command }];
  } catch {
    return [];
  }
}
