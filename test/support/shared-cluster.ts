import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const hostFile = fileURLToPath(new URL('./cluster-host.ts', import.meta.url));
/** A busy machine takes many times the usual four seconds. */
export const startTimeoutMs = 200_000;
const lookAgainMs = 50;

/**
 * Path of the kubeconfig of the jest run's local cluster. The first caller, in whichever jest
 * worker, starts it; the others wait for it. It ends with the run.
 */
export async function sharedCluster(bin: string): Promise<string> {
  const jestPid = inWorker() ? process.ppid : process.pid;
  const folder = join(tmpdir(), `fairway-test-cluster-${String(jestPid)}`);
  if (await isFirst(folder)) startHost(folder, [String(jestPid), bin]);
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const answer = await read(join(folder, 'answer.json'));
    if (answer?.kubeconfig !== undefined) return answer.kubeconfig;
    if (answer?.failure !== undefined) throw new Error(`The test cluster did not start: ${answer.failure}`);
    if (Date.now() > deadline)
      throw new Error(`The test cluster did not start in time; see ${hostLog(folder)}.`);
    await sleep(lookAgainMs);
  }
}

interface HostAnswer {
  readonly kubeconfig?: string;
  readonly failure?: string;
}

function inWorker(): boolean {
  return process.argv[1]?.includes('jest-worker') === true;
}

/** Making a folder is atomic: exactly one caller gets `true`. */
async function isFirst(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch {
    return false;
  }
}

function startHost(folder: string, args: readonly string[]): void {
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  const log = openSync(hostLog(folder), 'w');
  spawn(process.execPath, [tsx, hostFile, folder, ...args], {
    stdio: ['ignore', log, log],
    detached: true,
  }).unref();
  closeSync(log);
}

function hostLog(folder: string): string {
  return join(folder, 'host.log');
}

async function read(file: string): Promise<HostAnswer | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as HostAnswer;
  } catch {
    return undefined;
  }
}
