import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { smokePermissions } from '../../../src/activities/smoke/permissions.ts';
import type { SmokeTest } from '../../../src/domain/strategy-options.ts';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { processesWith } from '../../support/processes.ts';
import { accountWith } from '../kubernetes/account.ts';
import { coreOf, environment } from '../kubernetes/bench.ts';
import { rolledOut } from '../verification/bench.ts';
import { program, smoke, type Run } from './bench.ts';

const cluster = useCluster();
let namespace: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-smoke-'));
  namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.1.0', replicas: 1 });
  await rolledOut(cluster(), namespace);
});

afterAll(() => rm(folder, { recursive: true }));

const run = (test: SmokeTest, change: Partial<Run> = {}) =>
  smoke({ config: cluster().config, namespace, folder, test, ...change });

const askHealth = `
const answer = await fetch(process.env.SHOP_BASE_URL + '/health');
const { version } = await answer.json();
console.log('version ' + version);
`;

test('a command that ends well passes, with what it printed as evidence', async () => {
  expect(await run(program(askHealth))).toEqual({
    name: 'smoke',
    severity: 'required',
    verdict: 'pass',
    summary: expect.stringMatching(/^exit code 0 after \d+ s$/),
    evidence: [{ subject: 'output', detail: 'version 4.1.0' }],
  });
});

test('any other exit code fails, with the last twenty lines', async () => {
  const result = await run(
    program(`
for (let line = 1; line <= 1000; line += 1) console.log('line ' + line);
process.exitCode = 3;`),
  );
  expect(result).toMatchObject({ verdict: 'fail', summary: expect.stringMatching(/^exit code 3 after/) });
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 981}`);
  expect(result.evidence[0]?.detail.split('\n')).toEqual(lines);
});

test('both streams are evidence, in whatever order they arrive, and no secret is', async () => {
  const result = await run(
    program(`
console.log('asking the server');
console.error('\\u001b[31mDB_PASSWORD=hunter2\\u001b[0m');
process.exitCode = 3;`),
  );
  const lines = result.evidence[0]?.detail.split('\n');
  expect(lines?.sort()).toEqual(['DB_PASSWORD=[redacted]', 'asking the server']);
});

test('a program that this worker does not have is inconclusive, and it is said what to do', async () => {
  const missing = program('', { command: ['no-such-program-here', '-v'] });
  expect(await run(missing)).toMatchObject({
    verdict: 'inconclusive',
    summary:
      'not run: this worker has no program "no-such-program-here". Install it where the environment\'s worker runs, or correct "command" of smoke test "smoke" in fairway.yaml.',
    evidence: [],
  });
});

test('a file that may not be executed is inconclusive', async () => {
  await writeFile(join(folder, 'plain.txt'), 'no program', { mode: 0o644 });
  expect(await run(program('', { command: ['./plain.txt'] }))).toMatchObject({
    verdict: 'inconclusive',
    summary: expect.stringContaining('no execute permission'),
  });
});

test('the command runs beside fairway.yaml, with its arguments as they are written', async () => {
  await writeFile(join(folder, 'smoke.mjs'), 'console.log(JSON.stringify(process.argv.slice(2)));');
  const result = await run(program('', { command: ['node', 'smoke.mjs', '$HOME; echo "x"', '*'] }));
  expect(result.evidence[0]?.detail).toBe(JSON.stringify(['$HOME; echo "x"', '*']));
});

test("the worker's own credentials are not in its environment, and no proxy is asked for loopback", async () => {
  const result = await run(program(`console.log(JSON.stringify(process.env));`), {
    workerEnvironment: {
      ...{ PATH: process.env['PATH'], SLACK_BOT_TOKEN: 'xoxb-1', TEMPORAL_API_KEY: 'k', KUBECONFIG: '/k' },
      ...{ HTTP_PROXY: 'http://proxy:1', NO_PROXY: 'example.com', NODE_OPTIONS: '--no-such-option' },
    },
  });
  expect(result.verdict).toBe('pass');
  const seen = JSON.parse(result.evidence[0]?.detail ?? '') as Record<string, string>;
  expect(Object.keys(seen).sort()).toEqual([
    'FAIRWAY_SMOKE_TEST_RUN',
    'HTTP_PROXY',
    'NO_PROXY',
    'PATH',
    'SHOP_BASE_URL',
    'no_proxy',
  ]);
  expect(seen).toMatchObject({ NO_PROXY: 'example.com,127.0.0.1,localhost' });
});

test('many connections at once and one after another all reach the pod', async () => {
  const result = await run(
    program(`
const url = process.env.SHOP_BASE_URL + '/health';
const ask = async () => (await (await fetch(url)).json()).version;
const seen = [];
for (let round = 0; round < 3; round += 1) seen.push(...(await Promise.all(Array.from({ length: 30 }, ask))));
console.log(seen.length, [...new Set(seen)].join());`),
  );
  expect(result).toMatchObject({ verdict: 'pass', evidence: [{ detail: '90 4.1.0' }] });
});

test('children that a command leaves behind are ended with it', async () => {
  const mark = `smoke-orphan-${process.pid}`;
  const result = await run(
    program(`
import { spawn } from 'node:child_process';
spawn('node', ['-e', 'setTimeout(() => {}, 600_000, "${mark}")'], { stdio: 'inherit' }).unref();
console.log('left one');
process.exit(0);`),
  );
  expect(result).toMatchObject({ verdict: 'pass', evidence: [{ detail: 'left one' }] });
  expect(await processesWith(mark)).toEqual([]);
});

test('a cancellation ends the command at once, and leaves nothing', async () => {
  const mark = `smoke-cancelled-${process.pid}`;
  const marked = join(folder, 'marked');
  const env = environment();
  const result = run(
    program(
      `import { writeFileSync } from 'node:fs'; writeFileSync('marked', '${mark}'); setTimeout(() => {}, 600_000);`,
      { timeoutSeconds: 600 },
    ),
    { env },
  );
  void result.catch(() => undefined);
  await expect(fileExists(marked)).resolves.toBe(true);
  env.cancel();
  await expect(result).rejects.toThrow('CANCELLED');
  expect(await processesWith(mark)).toEqual([]);
});

test('a pod that goes away meanwhile makes a failed command inconclusive', async () => {
  const other = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace: other, tag: '4.1.0', replicas: 1 });
  await rolledOut(cluster(), other);
  const begun = join(folder, 'begun');
  const result = run(
    program(`
import { existsSync, writeFileSync } from 'node:fs';
const ask = () => fetch(process.env.SHOP_BASE_URL + '/health', { signal: AbortSignal.timeout(10_000) });
await ask();
writeFileSync('begun', '');
for (;;) await ask();`),
    { namespace: other },
  );
  expect(await fileExists(begun)).toBe(true);
  const [pod] = (await coreOf(cluster()).listNamespacedPod({ namespace: other })).items;
  await coreOf(cluster()).deleteNamespacedPod({ namespace: other, name: pod?.metadata?.name ?? '' });
  expect(await result).toMatchObject({
    verdict: 'inconclusive',
    reason: 'unreachable',
    summary: expect.stringMatching(
      /^exit code 1 after \d+ s, and pod tensafe-server-\S+ went away meanwhile$/,
    ),
  });
});

test('a Deployment without a ready pod is inconclusive, and nothing is run', async () => {
  const other = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace: other, tag: '4.1.0', replicas: 0 });
  expect(await run(program('process.exit(1)'), { namespace: other })).toMatchObject({
    verdict: 'inconclusive',
    reason: 'noPods',
    summary: 'not run: Deployment tensafe-server has no ready pod',
  });
});

test('a Deployment that does not exist is an error, without a retry', async () => {
  await expect(run(program(''), { deployment: 'nothing' })).rejects.toMatchObject({
    type: 'NotFound',
    nonRetryable: true,
  });
});

test('the stated rights are enough, and without the one to forward it fails as forbidden', async () => {
  const rights = smokePermissions([program('')]);
  const least = await accountWith(cluster(), namespace, 'smoke-least', rights);
  expect(await run(program(askHealth), { config: least })).toMatchObject({ verdict: 'pass' });
  const without = rights.filter(({ subresource }) => subresource !== 'portforward');
  const lacking = await accountWith(cluster(), namespace, 'smoke-lacking', without);
  await expect(run(program(askHealth), { config: lacking })).rejects.toMatchObject({
    type: 'Forbidden',
    nonRetryable: true,
    message: expect.stringContaining('portforward'),
  });
});

/** There is no event across processes for this; it takes as long as a program takes to start. */
async function fileExists(path: string): Promise<boolean> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

// What stands before it runs meanwhile.
test.concurrent(
  'a command that does not end is ended with all its children, also those that hide',
  async () => {
    const mark = `smoke-child-${process.pid}`;
    const child = `setTimeout(() => {}, 600_000, '${mark}')`;
    const result = await run(
      program(
        `
import { spawn } from 'node:child_process';
process.on('SIGTERM', () => console.log('asked to end'));
const child = ${JSON.stringify(child)};
spawn('node', ['-e', child], { stdio: 'inherit' });
spawn('node', ['-e', child], { stdio: 'ignore', detached: true }).unref();
console.log('begun');
setTimeout(() => {}, 600_000);`,
        // It has begun by then.
        { timeoutSeconds: 20 },
      ),
    );
    expect(result).toMatchObject({ verdict: 'fail', summary: 'not finished within 20 s' });
    expect(result.evidence[0]?.detail).toBe('begun\nasked to end');
    expect(await processesWith(mark)).toEqual([]);
  },
);
