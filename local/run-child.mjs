import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** By which a person or the system asks a process to end. */
export const endingSignals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a command to its end. Signals meant for this process end the child too, and this process stays until
 * the child has cleaned up.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<number>} its exit code, or 128 + the number of the signal that ended it
 */
export async function runChild(command, args, options) {
  const child = spawn(command, args, options);
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    // A terminal's Ctrl-C reaches the child by itself: it has the same process group.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of endingSignals) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    for (const signal of endingSignals) process.off(signal, forward);
  }
}
