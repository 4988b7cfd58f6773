import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { listProcesses } from '../../local/process-list.mjs';

const found = (pid: number | undefined) => listProcesses().find((each) => each.pid === pid);

test('a process is listed with its parent and its command line for as long as it lives', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'a ) mark'], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const expected = { pid: child.pid, parent: process.pid, isDead: false };
  expect(found(child.pid)).toMatchObject(expected);
  // The command line is there once the program has been loaded.
  while (!found(child.pid)?.command.includes('a ) mark')) await new Promise(setImmediate);
  child.kill();
  await ended;
  expect(found(child.pid)).toBeUndefined();
});
