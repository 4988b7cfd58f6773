// Runs a command (its arguments) as the leader of a process group of its own, and ends all of the group as
// soon as the command ends or whoever started this is gone, however that came: the channel to it closes.
// Says how the command ended: {code, signal}, or {error} when it could not be started.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Time for a test runner to tidy up. */
const graceMs = 10_000;
/** In the environment of every process of this run, also of those that left the group. */
const marker = 'FAIRWAY_SMOKE_TEST_RUN';

const [program = '', ...args] = process.argv.slice(2);

// They are meant for the others: this one goes last.
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP'])) process.on(signal, () => {});
process.on('disconnect', () => {
  signalAll('SIGTERM');
  setTimeout(() => signalAll('SIGKILL'), graceMs);
});

// One pipe for both streams: their lines stay in order.
const command = spawn(program, args, { stdio: ['ignore', 1, 1] });
command.on('error', (error) => end({ error: 'code' in error ? error.code : error.message }));
command.on('exit', (code, signal) => end({ code, signal }));

/** @param {object} how */
function end(how) {
  if (!process.connected) signalAll('SIGKILL');
  else process.send?.(how, () => signalAll('SIGKILL'));
}

/** @param {NodeJS.Signals} signal */
function signalAll(signal) {
  for (const pid of escaped()) kill(pid, signal);
  kill(-process.pid, signal);
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended meanwhile.
  }
}

/** Processes of this run that left the group; where there is no /proc, none are found. */
function escaped() {
  try {
    const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return all.filter((pid) => isOfThisRun(pid) && groupOf(pid) !== process.pid).map(Number);
  } catch {
    return [];
  }
}

/** @param {string} pid */
function isOfThisRun(pid) {
  const mark = `${marker}=${process.env[marker] ?? ''}`;
  return read(`/proc/${pid}/environ`).split('\0').includes(mark);
}

/** @param {string} pid */
function groupOf(pid) {
  // After the name in parentheses, which may hold anything: state, parent, group.
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
