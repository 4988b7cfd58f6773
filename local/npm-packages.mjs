import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, join } from 'node:path';

import { withLock } from './lock.mjs';
import { endingSignals, runChild } from './run-child.mjs';
import { findOnPath } from './tool-catalogue.mjs';

// Plain JavaScript, Node built-ins only: it installs everything else.

const HEARTBEAT_MS = 20_000;
const NO_NPM =
  'npm is needed to install the packages and was not found on PATH: install the npm that comes with Node, then run this again.';

/**
 * Installs the npm packages when they are not those of package-lock.json. Safe to run twice at once and to
 * interrupt: the marker is written last, into node_modules itself, which `npm ci` removes first.
 * @param {string} folder holds package-lock.json
 * @param {(line: string) => void} log
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function installPackages(folder, log, env = process.env) {
  if (!(await isStale(folder))) return;
  const lock = join(folder, '.cache', 'npm-packages.lock');
  const onWait = (/** @type {number} */ pid) =>
    log(`npm packages are being installed by process ${pid}; waiting for it`);
  await withLock(
    lock,
    async () => {
      const digest = await wantedDigest(folder);
      if ((await installedDigest(folder)) === digest) return;
      await npmCi(folder, log, env);
      await writeFile(marker(folder), digest);
    },
    { onWait },
  );
}

/** @param {string} folder */
export async function isStale(folder) {
  return (await installedDigest(folder)) !== (await wantedDigest(folder));
}

/** @param {string} folder */
const marker = (folder) => join(folder, 'node_modules', '.fairway-installed');

/** @param {string} folder */
const installedDigest = (folder) => readFile(marker(folder), 'utf8').catch(() => undefined);

/** @param {string} folder */
async function wantedDigest(folder) {
  // Some packages carry a binary per platform, and npm leaves out the optional ones that this Node is too old
  // for: a checkout must not keep what was installed for another.
  const [major, minor] = process.versions.node.split('.');
  const platform = `${process.platform} ${process.arch} ${major}.${minor}`;
  const wanted = await readFile(join(folder, 'package-lock.json'));
  return createHash('sha256').update(wanted).update(platform).digest('hex');
}

class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super('npm packages: interrupted. Run this again to install them.');
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** @param {string} folder @param {(line: string) => void} log @param {NodeJS.ProcessEnv} env */
async function npmCi(folder, log, env) {
  const started = performance.now();
  const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
  /** @type {NodeJS.Signals | undefined} */
  let interruptedBy;
  /** @param {NodeJS.Signals} signal */
  const note = (signal) => (interruptedBy = signal);
  for (const signal of endingSignals) process.on(signal, note);
  log('npm packages: installing');
  const heartbeat = setInterval(() => log(`npm packages: still installing, ${seconds()}`), HEARTBEAT_MS);
  try {
    const code = await runNpm(folder, env);
    if (interruptedBy) throw new Interrupted(interruptedBy);
    if (code !== 0) {
      throw new Error(
        `npm packages could not be installed (npm ci ended with ${code}; its message is above). ` +
          'Check that the package registry can be reached, then run this again.',
      );
    }
  } finally {
    clearInterval(heartbeat);
    for (const signal of endingSignals) process.off(signal, note);
  }
  log(`npm packages: installed in ${seconds()}`);
}

/** @param {string} folder @param {NodeJS.ProcessEnv} env @returns {Promise<number>} its exit code */
async function runNpm(folder, env) {
  // Everything is needed whatever the user's npm leaves out by default (NODE_ENV=production, omit=optional).
  const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  const running = env['npm_execpath'] ?? '';
  const isNpm = basename(running).startsWith('npm-cli');
  const npm = isNpm ? process.execPath : findOnPath('npm', env);
  if (!npm) throw new Error(NO_NPM);
  return runChild(npm, isNpm ? [running, ...args] : args, { cwd: folder, env, stdio: ['ignore', 2, 2] });
}
