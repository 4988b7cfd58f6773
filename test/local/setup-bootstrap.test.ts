import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { demoHelp } from '../../local/demo-help.mjs';
import { root, toolSets } from '../../local/tool-catalogue.mjs';
import { eventually } from '../support/eventually.ts';

// A small checkout with the real bootstrap, an npm that only notes its calls, and an entry to run.
const NPM = `
import { appendFileSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
appendFileSync('npm-calls', process.argv.slice(2, 3) + '\\n');
rmSync('node_modules', { recursive: true, force: true });
if (process.env.NPM_FAILS) process.exit(9);
const end = Date.now() + Number(process.env.NPM_TAKES_MS ?? 0);
while (Date.now() < end && !existsSync('npm-may-end')) await sleep(20);
mkdirSync('node_modules');
symlinkSync(${JSON.stringify(join(root, 'node_modules', 'tsx'))}, 'node_modules/tsx');
`;
const ENTRY = `
const args: string[] = process.argv.slice(2);
if (args[0] === 'wait') {
  process.on('SIGTERM', () => { console.log('cleaned up ' + process.pid); process.exit(5); });
  setTimeout(() => {}, 60_000);
} else process.exitCode = Number(args[0]);
console.log('entry ' + JSON.stringify(args));
`;
let checkout: string;
let environment: NodeJS.ProcessEnv;

beforeEach(async () => {
  checkout = await realpath(await mkdtemp(join(tmpdir(), 'fairway-bootstrap-')));
  await mkdir(join(checkout, 'local'));
  const scripts = (await readdir(join(root, 'local'))).filter((each) => each.endsWith('.mjs'));
  for (const each of scripts) await cp(join(root, 'local', each), join(checkout, 'local', each));
  await symlink(join(root, 'tools'), join(checkout, 'tools'));
  await writeFile(join(checkout, 'local', 'test.ts'), ENTRY);
  await writeFile(join(checkout, 'npm-cli.mjs'), NPM);
  await writeFile(join(checkout, 'package.json'), '{"type": "module"}');
  await writeFile(join(checkout, 'package-lock.json'), '{}');
  await mkdir(join(checkout, 'bin'));
  for (const tool of toolSets.flatMap((set) => set.tools)) {
    await writeFile(join(checkout, 'bin', tool), '', { mode: 0o755 });
  }
  environment = {
    PATH: join(checkout, 'bin'),
    HOME: checkout,
    FAIRWAY_TEST_SERVER: join(checkout, 'bin', 'temporal'),
    npm_execpath: join(checkout, 'npm-cli.mjs'),
  };
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

function start(args: string[], env: NodeJS.ProcessEnv = {}, node: string[] = []) {
  const child = spawn(process.execPath, [...node, join(checkout, 'local', 'bootstrap.mjs'), ...args], {
    cwd: tmpdir(),
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  return { child, output, ended };
}

const run = (...of: Parameters<typeof start>) => start(...of).ended;
const npmCalls = () => readFile(join(checkout, 'npm-calls'), 'utf8').catch(() => '');

test('a fresh clone is installed once, then the command runs with its arguments and exit code', async () => {
  const first = await run(['test', '7', '--flag=a b']);
  expect(first.stderr).toContain('npm packages: installed in');
  expect(first).toMatchObject({ code: 7, stdout: 'entry ["7","--flag=a b"]\n' });
  expect(await run(['test', '0'])).toMatchObject({ code: 0, stdout: 'entry ["0"]\n', stderr: '' });
  expect(await npmCalls()).toBe('ci\n');
});

test('packages are installed again when the lock file has changed', async () => {
  await run(['test', '0']);
  await writeFile(join(checkout, 'package-lock.json'), '{ "changed": true }');
  await run(['test', '0']);
  expect(await npmCalls()).toBe('ci\nci\n');
});

test('packages are installed again for another Node: npm leaves out what the one at hand is too old for', async () => {
  await run(['test', '0']);
  const disguise = join(checkout, 'disguise.cjs');
  const versions = `{ ...process.versions, node: '20.99.0' }`;
  await writeFile(disguise, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
  await run(['test', '0'], {}, ['--require', disguise]);
  expect(await npmCalls()).toBe('ci\nci\n');
});

test('an installation that failed is not taken for a good one', async () => {
  const failed = await run(['test', '0'], { NPM_FAILS: 'yes' });
  expect(failed).toMatchObject({ code: 1, stdout: '' });
  expect(failed.stderr).toContain('npm ci ended with 9');
  expect(await run(['test', '0'])).toMatchObject({ code: 0 });
  expect(await npmCalls()).toBe('ci\nci\n');
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  'an installation that %s ends was interrupted, and did not fail',
  async (signal) => {
    const { child, ended } = start(['test', '0'], { NPM_TAKES_MS: '60000' });
    await once(child.stderr, 'data');
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 128 + constants.signals[signal], stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([
      'npm packages: installing',
      'npm packages: interrupted. Run this again to install them.',
    ]);
    expect(await run(['test', '0'])).toMatchObject({ code: 0 });
  },
);

test('two at once in one checkout install once, and the second says what it waits for', async () => {
  const both = [0, 0].map(() => start(['test', '0'], { NPM_TAKES_MS: '240000' }));
  await eventually(
    () => both.map(({ output }) => output.stderr).join(''),
    (said) => /being installed by process \d+; waiting for it/.test(said),
  );
  await writeFile(join(checkout, 'npm-may-end'), '');
  const ended = await Promise.all(both.map((each) => each.ended));
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(await npmCalls()).toBe('ci\n');
});

test('an installation that was killed is done again by the next run', async () => {
  const killed = start(['test', '0'], { NPM_TAKES_MS: '60000' });
  await once(killed.child.stderr, 'data');
  process.kill(-killed.child.pid!, 'SIGKILL');
  await killed.ended;
  expect(await run(['test', '0'])).toMatchObject({ code: 0, stdout: 'entry ["0"]\n' });
});

test('a signal ends the command’s process too, after it has cleaned up', async () => {
  const { child, ended } = start(['test', 'wait']);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  expect(code).toBe(5);
  const pid = Number(/cleaned up (\d+)/.exec(stdout)?.[1]);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('a command that is killed by a signal gives the exit code a shell would', async () => {
  await writeFile(join(checkout, 'local', 'test.ts'), "process.kill(process.pid, 'SIGKILL');");
  expect(await run(['test', '0'])).toMatchObject({ code: 137 });
});

test('without Go, Java and Maven it says so, one sentence each with the remedy, and does nothing else', async () => {
  const empty = join(checkout, 'empty');
  await mkdir(empty);
  delete environment['FAIRWAY_TEST_SERVER'];
  const { code, stdout, stderr } = await run(['test', '0'], { PATH: empty });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^Go is needed .*: install Go 1\.\d+ or newer \(.*\), then run this again\.$/),
    expect.stringMatching(/^Java is needed .*: install a JDK.*, then run this again\.$/),
    expect.stringMatching(/^Maven is needed .*: install it \(.*\), or name .*, then run this again\.$/),
  ]);
  expect(await npmCalls()).toBe('');
});

test('for the whole suite it says what only some tests need, too', async () => {
  const { code, stderr } = await run(['test'], { PATH: checkout });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Prometheus and Alertmanager are needed by one test .*, then run this again\.$/m);
  expect(await npmCalls()).toBe('');
});

test.each(['--help', '-h'])('the demo answers %s at once, whatever is missing', async (flag) => {
  const empty = join(checkout, 'empty');
  await mkdir(empty);
  const { code, stdout, stderr } = await run(['demo', '--bad', flag], { PATH: empty });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: demoHelp, stderr: '' });
  expect(await npmCalls()).toBe('');
});

test('without Java the demo still runs: only the tests need it', async () => {
  await writeFile(join(checkout, 'local', 'demo.ts'), ENTRY);
  delete environment['FAIRWAY_TEST_SERVER'];
  expect(await run(['demo', '0'])).toMatchObject({ code: 0, stdout: 'entry ["0"]\n' });
});

test('without npm it says so', async () => {
  const { stderr, code } = await run(['test', '0'], { npm_execpath: '' });
  expect(code).toBe(1);
  expect(stderr).toContain('npm is needed to install the packages and was not found on PATH');
});

test.each([
  { version: '18.20.4', command: 'test', needs: '20.3.0' },
  { version: '20.2.0', command: 'demo', needs: '20.3.0' },
  { version: '20.18.0', command: 'verify', needs: '20.19.0' },
])('Node $version is told that $command needs $needs', async ({ version, command, needs }) => {
  const disguise = join(checkout, 'disguise.cjs');
  const versions = `{ ...process.versions, node: '${version}' }`;
  await writeFile(disguise, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
  const { code, stderr } = await run([command], {}, ['--require', disguise]);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `Node ${version} is too old: \`${command}\` needs Node ${needs} or newer; install it, then run this again.\n`,
  );
});

test('an unknown command is refused with the known ones', async () => {
  const { code, stderr } = await run(['deploy']);
  expect(code).toBe(1);
  expect(stderr).toBe('“deploy” is not a command: use one of demo, test, test:real, verify.\n');
});
