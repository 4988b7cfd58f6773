import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { processesWith } from '../../support/processes.ts';

const worker = fileURLToPath(new URL('./run-until-killed.ts', import.meta.url));

test('a worker that is killed with -9 leaves no command running', async () => {
  const mark = `smoke-killed-${process.pid}`;
  const script = `
const { spawn } = require('node:child_process');
process.on('SIGTERM', () => {});
spawn('node', ['-e', 'setTimeout(() => {}, 600000, "${mark}")'], { stdio: 'ignore', detached: true });
console.log('begun');
setTimeout(() => {}, 600_000, '${mark}');`;
  const killed = execa('node', ['--import', 'tsx', worker, '/', script], {
    env: { NODE_OPTIONS: '' },
    reject: false,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // The command's own words, and so its process, are there.
  await once(killed.stdout!, 'data');
  expect(await processesWith(mark)).not.toEqual([]);
  killed.kill('SIGKILL');
  await killed;
  await expect(untilNone(mark)).resolves.toEqual([]);
});

/** Nobody is told when the processes of a dead parent end. */
async function untilNone(mark: string): Promise<string[]> {
  const until = Date.now() + 150_000;
  for (;;) {
    const left = await processesWith(mark);
    if (left.length === 0 || Date.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
