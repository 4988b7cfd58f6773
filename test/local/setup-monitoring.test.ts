import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { planMonitoring } from '../../local/monitoring-programs.ts';

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-monitoring-programs-'));
  await mkdir(join(folder, 'bin'));
  env = { PATH: join(folder, 'bin'), HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
});
afterEach(() => rm(folder, { recursive: true }));

async function pretend(...commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const file = join(folder, 'bin', command);
    await writeFile(file, '#!/bin/sh\nexit 1\n');
    await chmod(file, 0o755);
  }
}

test('both on PATH are used, under either name of Alertmanager', async () => {
  await pretend('prometheus', 'alertmanager');
  const { paths, jobs } = planMonitoring(env);
  expect(jobs).toEqual([]);
  expect(paths()).toEqual({
    prometheus: join(folder, 'bin', 'prometheus'),
    alertmanager: join(folder, 'bin', 'alertmanager'),
  });
  await pretend('prometheus-alertmanager');
  expect(paths()?.alertmanager).toBe(join(folder, 'bin', 'prometheus-alertmanager'));
});

test('those that the environment names come first', () => {
  const named = { FAIRWAY_TEST_PROMETHEUS: '/p', FAIRWAY_TEST_ALERTMANAGER: '/a' };
  expect(planMonitoring({ ...env, ...named }).paths()).toEqual({ prometheus: '/p', alertmanager: '/a' });
});

test('one without the other is none, and where there are no packages either, nothing is fetched', async () => {
  await pretend('prometheus');
  const { paths, jobs } = planMonitoring(env);
  expect([paths(), jobs]).toEqual([undefined, []]);
});

test('packages that cannot be fetched leave the other tests alone', async () => {
  await pretend('apt-get', 'dpkg');
  const { paths, jobs } = planMonitoring(env);
  const said: string[] = [];
  await jobs[0]?.run((doing) => said.push(doing), new AbortController().signal);
  expect(paths()).toBeUndefined();
  expect(said.at(-1)).toMatch(/^not fetched: /);
});
