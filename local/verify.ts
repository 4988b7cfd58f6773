import { execa } from 'execa';

import { failWith } from './fail-with.ts';
import { runTests } from './run-tests.ts';

const checks = [
  { name: 'format', command: ['prettier', '--check', '--log-level=warn', '.'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'lint', command: ['eslint', '--max-warnings=0', '.'] },
  {
    name: 'boundaries',
    command: ['depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'local', 'test'],
  },
  { name: 'dead code', command: ['knip', '--no-progress'] },
] as const;

/** Every check runs, whatever the one before it said: one run shows all there is to fix. */
async function verify(withTests: boolean): Promise<void> {
  const failed: string[] = [];
  const record = (name: string, passed: boolean, since: number) => {
    const seconds = Math.round((performance.now() - since) / 1000);
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    if (!passed) failed.push(name);
  };
  for (const { name, command } of checks) {
    const [file, ...args] = command;
    const since = performance.now();
    const { exitCode } = await execa(file, args, { preferLocal: true, stdio: 'inherit', reject: false });
    record(name, exitCode === 0, since);
  }
  if (withTests) {
    const since = performance.now();
    record('tests', (await runTests([])) === 0, since);
  }
  if (failed.length === 0) return;
  console.error(`verify: ${failed.join(', ')} failed`);
  process.exitCode = 1;
}

try {
  await verify(!process.argv.includes('--without-tests'));
} catch (error) {
  failWith(error);
}
