/** helm beside its worker: not ended by what a terminal sends to the worker, and not left behind. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { execa } from 'execa';
import { createHelmCli } from '../../../src/activities/helm/helm-cli.ts';
import { eventually } from '../../support/eventually.ts';
import { processesWith } from '../../support/processes.ts';

const call = { args: ['upgrade'], cluster: 'c', namespace: 'n', timeoutSeconds: 60 };
const helmCli = fileURLToPath(new URL('../../../src/activities/helm/helm-cli.ts', import.meta.url));

let folder: string;
let binary: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-group-'));
  binary = join(folder, 'helm');
  // With a plugin of its own, as for a cloud's credentials; the folder's name marks both.
  const plugin = `sh -c 'while :; do sleep 0.1; done' ${folder}/plugin`;
  await writeFile(
    binary,
    `#!/bin/sh\n${plugin} &\nps -o pgid= -p $$ > '${folder}/new' && mv '${folder}/new' '${folder}/group'\nwait\n`,
  );
  await chmod(binary, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const groupOf = async (): Promise<string> =>
  (await readFile(join(folder, 'group'), 'utf8').catch(() => '')).trim();
const runs = (): Promise<string[]> => processesWith(`${folder}/`);

test('helm has a group of its own, which ends as a whole when the activity is cancelled', async () => {
  const environment = new MockActivityEnvironment();
  const ended = environment.run(() => createHelmCli({ binary })(call));
  await eventually(groupOf, (group) => group !== '');
  const { stdout: own } = await execa('ps', ['-o', 'pgid=', '-p', String(process.pid)]);
  expect(await groupOf()).not.toBe(own.trim());
  // What they start has their command line until it has its own.
  await eventually(runs, (lines) => lines.length === 2);

  environment.cancel();
  expect(await ended).toEqual({ outcome: 'cancelled' });
  await eventually(runs, (lines) => lines.length === 0);
});

test('a worker that ends takes helm with it', async () => {
  const worker = `
    import { existsSync } from 'node:fs';
    const { createHelmCli } = await import(${JSON.stringify(helmCli)});
    void createHelmCli({ binary: ${JSON.stringify(binary)} })(${JSON.stringify(call)});
    setInterval(() => existsSync(${JSON.stringify(join(folder, 'group'))}) && process.exit(0), 50);
  `;
  await execa(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', worker]);
  expect(await groupOf()).not.toBe('');
  await eventually(runs, (lines) => lines.length === 0);
});
