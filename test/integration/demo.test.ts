/** The demo, started as `npm run demo` starts it, and followed as by a newcomer. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import { blocksOf, readPage } from '../docs/documented-commands.ts';
import { shellWords } from '../docs/shell-words.ts';
import { toolsFolder } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { processesWith } from '../support/processes.ts';
import { retried } from '../support/run-temporal.ts';

// Clusters and whole releases on a machine that may be busy.
jest.setTimeout(1_200_000);

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What leads to a person's own server and accounts, and is none of the demo's business. */
const theirs = {
  ...{ TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_NAMESPACE: 'theirs', TEMPORAL_API_KEY: 'theirs' },
  ...{ SLACK_BOT_TOKEN: 'xoxb-theirs', SLACK_API_URL: 'http://127.0.0.1:1/api/' },
  HELM_KUBEAPISERVER: 'https://127.0.0.1:1',
};
const env = { ...process.env, ...theirs };
const setUpAndRelease = { everyMs: 100, withinMs: 1_000_000 };
const end = { everyMs: 100, withinMs: 120_000 };
const isEmpty = (all: readonly string[]): boolean => all.length === 0;

interface Demo {
  readonly printed: () => string;
  /** Waits until it has printed that. */
  readonly until: (text: string) => Promise<void>;
  /** As Ctrl-C does. */
  readonly interrupt: () => void;
  readonly exitCode: Promise<number | null>;
  /** What of it is there: running processes, and files. */
  readonly leftOvers: () => Promise<readonly string[]>;
}

const cleanUps: (() => Promise<unknown>)[] = [];
// The demo puts away what a failed test has left of it.
afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function startDemo(...args: readonly string[]): Promise<Demo> {
  // Everything that it makes is there, and so in the command line of everything that it starts.
  const folder = await mkdtemp(join(tmpdir(), 'demo-'));
  const child = spawn(process.execPath, ['local/bootstrap.mjs', 'demo', ...args], {
    cwd: root,
    env: { ...env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  cleanUps.push(async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (printed += data.toString()));
  return {
    printed: () => printed,
    until: async (text) => {
      const isOver = (): boolean => child.exitCode !== null;
      await eventually(
        () => printed,
        (all) => all.includes(text) || isOver(),
        setUpAndRelease,
      );
      if (!printed.includes(text)) throw new Error(`the demo ended without “${text}”:\n${printed}`);
    },
    interrupt: () => child.kill('SIGINT'),
    exitCode: ended,
    leftOvers: async () => [
      ...(await processesWith(folder)),
      ...(await readdir(folder)).filter((name) => name.startsWith('fairway-')),
    ],
  };
}

test.concurrent(
  'a good release: it prints what the README shows, stays up for what one may type, and leaves nothing',
  async () => {
    const demo = await startDemo();
    await demo.until('Versions that go wrong');
    expect(normalised(demo.printed()).split('\n')).toEqual(expect.arrayContaining(await shownInReadme()));
    expect(demo.printed()).toMatch(/^▶ /m);
    expect(demo.printed()).toMatch(/^ {4}\d of 3 pods updated, \d available/m);

    const command = /^ {2}\$ temporal (workflow execute .*--type verification .*)$/m.exec(
      demo.printed(),
    )?.[1];
    const typed = await retried(() =>
      execa(join(toolsFolder(), 'temporal'), shellWords(command ?? '') ?? [], { env, reject: false }),
    );
    expect(typed.stdout).toContain('COMPLETED');

    expect(await demo.leftOvers()).not.toEqual([]);
    demo.interrupt();
    expect(await demo.exitCode).toBe(0);
    expect(demo.printed()).toMatch(/Stopping …\nStopped; nothing is left running\.\n$/);
    expect(await demo.leftOvers()).toEqual([]);
  },
);

test.concurrent(
  'a bad release that people agree on: announced, approved, taken back, and then the demo ends by itself',
  async () => {
    const demo = await startDemo('--bad', '--strategy', 'canary', '--exit');
    expect({ exitCode: await demo.exitCode, printed: demo.printed() }).toMatchObject({ exitCode: 0 });
    const lines = demo.printed().split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'TenSafe 4.0.0 → 4.1.1-unhealthy in production',
        expect.stringMatching(
          /^ {2}Slack \(no token, logged only\): \[DEPLOYMENT\] TenSafe v4\.1\.1-unhealthy /,
        ),
        expect.stringMatching(/^\$ temporal workflow signal .*'\{"by":"grace@example\.com"\}'$/),
        expect.stringMatching(/^✔ Approve \(.*\): by ada@example\.com and grace@example\.com$/),
        expect.stringMatching(/^✖ Watch at 10 % /),
        expect.stringMatching(
          /^ {2}Slack \(no token, logged only\): \[ROLLBACK\] TenSafe rolled back to v4\.0\.0 /,
        ),
        expect.stringMatching(/^Rolled back: .* TenSafe in production is back on 4\.0\.0\./),
      ]),
    );
    expect(await demo.leftOvers()).toEqual([]);
  },
);

test.concurrent('Ctrl-C while servers start ends them', async () => {
  const demo = await startDemo();
  await demo.until('TenSafe 4.0.0 → 4.1.0 in dev');
  await eventually(
    async () => demo.leftOvers(),
    (all) => all.some((each) => each.includes('kube-apiserver')),
    setUpAndRelease,
  );
  demo.interrupt();
  expect(await demo.exitCode).toBe(130);
  // They are ended by another process, a moment after the demo.
  await eventually(async () => demo.leftOvers(), isEmpty, end);
});

test('"npm run demo" starts what this test starts', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  expect(scripts['demo']).toBe('node local/bootstrap.mjs demo');
});

/** What is soon over is told of only when it is done, unless somebody looked in between: nobody promises that line. */
const soonOver = /^▶ |^ {4}<pods>/;

/** Each line of what the README says that the demo prints. */
async function shownInReadme(): Promise<string[]> {
  const command = '$ npm run demo\n';
  const block = blocksOf(await readPage('README.md'), '').find((each) => each.startsWith(command)) ?? '';
  const lines = normalised(block.slice(command.length)).split('\n');
  expect(lines.length).toBeGreaterThan(20);
  return lines.filter((line) => line.trim() !== '…' && !soonOver.test(line));
}

/** Without what differs each time: times, and where a server was found a place. */
function normalised(text: string): string {
  return text
    .replaceAll(/\d+ min( \d+ s)?|\d+ (ms|s)\b/g, '<time>')
    .replaceAll(/-\d{8}-\d{6}\b/g, '-<time>')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, '<ui>')
    .replaceAll(/ --address \S+( --namespace default --disable-config-env --disable-config-file)?/g, '')
    .replaceAll(/ {4}\d of 3 pods updated, \d available/g, '    <pods>');
}
