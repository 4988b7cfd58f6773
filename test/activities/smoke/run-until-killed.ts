/** Stands for a worker that is killed in the middle of a smoke test: runs a command that does not end. */
import { runCommand } from '../../../src/activities/smoke/run-command.ts';

const [folder = '', script = ''] = process.argv.slice(2);
await runCommand({
  command: ['node', '-e', script],
  folder,
  env: { PATH: process.env['PATH'] ?? '' },
  timeoutSeconds: 600,
  onOutput: (text) => process.stdout.write(text),
  signal: new AbortController().signal,
});
