import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readlink, rmdir, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// Plain JavaScript, Node built-ins only: it guards the installation of everything else.

/**
 * @typedef {object} LockOptions
 * @property {(ownerPid: number) => void} [onWait] called once, when another live process holds the lock
 * @property {number} [silentAfterMs] an owner in another container whose lock file has not been touched for
 *   this long, watched from here, is taken for dead
 */

/** @typedef {{ token: string, pid: number, place: string }} Owner */

const TOUCH_MS = 2_000;
const RETRY_MS = 200;
const SILENT_AFTER_MS = 30_000;
const ABANDONED_TAKEOVER_MS = 10_000;

/**
 * Runs `work` while holding an exclusive lock between processes. The lock of a process that died (killed,
 * interrupted, machine restarted) is taken over; nothing has to be cleaned up by hand.
 * @template T
 * @param {string} path the lock file; its folder is created
 * @param {() => Promise<T>} work
 * @param {LockOptions} [options]
 * @returns {Promise<T>}
 */
export async function withLock(path, work, options = {}) {
  await mkdir(dirname(path), { recursive: true });
  const owner = await thisProcess();
  await acquire(path, owner, options);
  const touch = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, TOUCH_MS);
  touch.unref();
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if ((await read(path))?.token === owner.token) await unlink(path).catch(ignoreMissing);
  }
}

/** @param {string} path @param {Owner} owner @param {LockOptions} options */
async function acquire(path, owner, { onWait, silentAfterMs = SILENT_AFTER_MS }) {
  let told = false;
  let seen = { mark: '', at: 0 };
  for (;;) {
    if (await create(path, owner)) return;
    const holder = await read(path);
    if (!holder) continue;
    const mark = `${holder.token} ${await touchedAt(path)}`;
    if (mark !== seen.mark) seen = { mark, at: performance.now() };
    if (isGone(holder, owner) || performance.now() - seen.at > silentAfterMs) {
      await removeDead(path, holder);
      continue;
    }
    if (!told) onWait?.(holder.pid);
    told = true;
    // The death of an unrelated process raises no event on every platform, so this looks again.
    await sleep(RETRY_MS);
  }
}

/**
 * Appears whole or not at all: written aside, then linked to its name, which fails when the name is taken.
 * @param {string} path @param {Owner} owner
 */
async function create(path, owner) {
  const aside = `${path}.${owner.token}`;
  await writeFile(aside, JSON.stringify(owner));
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(aside);
  }
}

/**
 * One waiter at a time, and only while the dead owner's file is still there: a waiter that was slow to act
 * must not remove the lock of the one that took over before it.
 * @param {string} path @param {Owner} dead
 */
async function removeDead(path, dead) {
  const guard = `${path}.takeover`;
  try {
    await mkdir(guard);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const since = await touchedAt(guard);
    if (since && Date.now() - since > ABANDONED_TAKEOVER_MS) await rmdir(guard).catch(ignoreMissing);
    await sleep(RETRY_MS);
    return;
  }
  try {
    if ((await read(path))?.token === dead.token) await unlink(path).catch(ignoreMissing);
  } finally {
    await rmdir(guard).catch(ignoreMissing);
  }
}

/** @param {Owner} holder @param {Owner} self */
function isGone(holder, self) {
  if (holder.place !== self.place) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** @returns {Promise<Owner>} */
async function thisProcess() {
  // A process id means something only on this host and, on Linux, inside this container.
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return { token: randomUUID(), pid: process.pid, place: `${hostname()} ${namespace}`.trim() };
}

/** @param {string} path @returns {Promise<Owner | undefined>} */
async function read(path) {
  /** @type {string | undefined} */
  const text = await readFile(path, 'utf8').catch(ignoreMissing);
  if (text === undefined) return undefined;
  try {
    return /** @type {Owner} */ (JSON.parse(text));
  } catch {
    // A power cut can leave an empty file: nobody holds that.
    return { token: '', pid: 0, place: 'unreadable' };
  }
}

/** @param {string} path */
async function touchedAt(path) {
  return stat(path).then(
    (file) => file.mtimeMs,
    () => 0,
  );
}

/** @param {unknown} error */
function codeOf(error) {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** @param {unknown} error @returns {undefined} */
function ignoreMissing(error) {
  if (codeOf(error) !== 'ENOENT') throw error;
}
