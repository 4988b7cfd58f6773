import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { withLock } from '../../local/lock.mjs';

const lockModule = new URL('../../local/lock.mjs', import.meta.url).href;
let folder: string;
let lock: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-lock-'));
  lock = join(folder, 'a.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process of its own that takes the lock, says so on standard output, and holds it for a while. */
function holder(holdMs: number) {
  const program = `
    import { withLock } from ${JSON.stringify(lockModule)};
    await withLock(${JSON.stringify(lock)}, async () => {
      console.log('in');
      await new Promise((resolve) => setTimeout(resolve, ${holdMs}));
      console.log('out');
    });`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Runs holders side by side and returns what they said, in the order it was said. */
async function whatHoldersSay(count: number): Promise<string> {
  let said = '';
  const holders = Array.from({ length: count }, () => holder(60));
  for (const each of holders) each.stdout.on('data', (data: Buffer) => (said += data.toString()));
  await Promise.all(holders.map((each) => once(each, 'close')));
  return said;
}

test('processes that want the same lock go one after the other', async () => {
  expect(await whatHoldersSay(4)).toBe('in\nout\n'.repeat(4));
});

test('a lock whose owner was killed is taken over by one waiter at a time', async () => {
  const killed = holder(60_000);
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(await whatHoldersSay(4)).toBe('in\nout\n'.repeat(4));
});

test('a waiter is told once which process it waits for', async () => {
  const other = holder(60_000);
  await once(other.stdout, 'data');
  const told: number[] = [];
  const onWait = (pid: number): void => {
    told.push(pid);
    // Not at once: it looks again some times before.
    setTimeout(() => other.kill('SIGKILL'), 1_000);
  };
  await withLock(lock, () => Promise.resolve(), { onWait });
  expect(told).toEqual([other.pid]);
});

test('the lock is free again when the work fails', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(await withLock(lock, () => Promise.resolve('done'))).toBe('done');
  await expect(stat(lock)).rejects.toThrow('ENOENT');
});

test('an owner in another container keeps its lock for as long as it touches the file', async () => {
  await writeFile(lock, JSON.stringify({ token: 'theirs', pid: 1, place: 'another container' }));
  const touch = setInterval(() => void utimes(lock, new Date(), new Date()), 50);
  let taken = false;
  const waiting = withLock(lock, async () => (taken = true), { silentAfterMs: 2_000 });
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(taken).toBe(false);
  clearInterval(touch);
  await waiting;
  expect(taken).toBe(true);
});

test('a lock file that a power cut left empty does not block for ever', async () => {
  await writeFile(lock, '');
  expect(await withLock(lock, () => Promise.resolve('done'), { silentAfterMs: 300 })).toBe('done');
});

test('a holder that lost its lock does not remove the next holder’s', async () => {
  const next = JSON.stringify({ token: 'next', pid: process.pid, place: 'elsewhere' });
  await withLock(lock, () => writeFile(lock, next));
  expect(await readFile(lock, 'utf8')).toBe(next);
});
