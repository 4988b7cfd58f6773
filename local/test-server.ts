import { createHash } from 'node:crypto';
import { copyFile, readFile, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { execa } from 'execa';

import { buildInto } from './build-tools.ts';
import type { Job } from './jobs.ts';
import { testServerMissing } from './prerequisites.mjs';
import { sourceFolder, testServerExecutable, testServerFolder } from './tool-catalogue.mjs';

const SOURCE = sourceFolder('temporal-test-server');

/**
 * Temporal's time-skipping test server: fetched once with Maven into the user's cache folder, checked against
 * the digests in tools/temporal-test-server. FAIRWAY_TEST_SERVER names another one to use instead. Throws one
 * sentence with the remedy when Java or Maven is missing.
 * @returns its path, a program to be started with a port, and the job (none when it is there) to run before using it
 */
export function planTimeSkippingServer(env: NodeJS.ProcessEnv = process.env): { path: string; jobs: Job[] } {
  const problems = testServerMissing(env);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const own = env['FAIRWAY_TEST_SERVER'];
  if (own) return { path: own, jobs: [] };
  const path = testServerExecutable(env);
  return { path, jobs: existsSync(path) ? [] : [fetchJob(env)] };
}

function fetchJob(env: NodeJS.ProcessEnv): Job {
  return {
    title: 'temporal-test-server',
    run: async (report, signal) => {
      report('fetching with Maven');
      const onWait = (pid: number) => report(`process ${pid} is fetching it, waiting for that`);
      await buildInto(
        testServerFolder(env),
        () => existsSync(testServerExecutable(env)),
        onWait,
        async (folder) => {
          await copyDependencies(folder, signal, env);
          await checkJars(join(folder, 'lib'));
          await copyFile(join(SOURCE, 'temporal-test-server'), join(folder, 'temporal-test-server'));
        },
      );
    },
  };
}

async function copyDependencies(folder: string, signal: AbortSignal, env: NodeJS.ProcessEnv) {
  await copyFile(join(SOURCE, 'pom.xml'), join(folder, 'pom.xml'));
  const args = ['--batch-mode', '--no-transfer-progress', '--quiet', 'dependency:copy-dependencies'];
  const { failed, exitCode, all } = await execa(
    'mvn',
    [...args, `-DoutputDirectory=${join(folder, 'lib')}`],
    {
      cwd: folder,
      env,
      extendEnv: false,
      signal,
      reject: false,
      stdin: 'ignore',
      all: true,
    },
  );
  if (!failed) return;
  throw new Error(
    `The time-skipping server could not be fetched: mvn ended with ${exitCode}.\n` +
      `${(all ?? '').split('\n').slice(0, 20).join('\n')}\nCheck that the Maven repository can be reached, then run this again.`,
  );
}

/** Maven has no lock file: this is ours. Nothing more, nothing less and nothing else than what is listed. */
export async function checkJars(folder: string, list: string = join(SOURCE, 'jars.sha256')): Promise<void> {
  const found: string[] = [];
  for (const jar of (await readdir(folder)).sort()) {
    const digest = createHash('sha256').update(await readFile(join(folder, jar)));
    found.push(`${digest.digest('hex')}  ${jar}`);
  }
  const pinned = (await readFile(list, 'utf8')).split('\n').filter((line) => line !== '');
  const odd = [
    ...found.filter((each) => !pinned.includes(each)),
    ...pinned.filter((each) => !found.includes(each)),
  ];
  if (odd.length === 0) return;
  const names = [...new Set(odd.map((line) => line.split('  ')[1]))].join(', ');
  throw new Error(
    `The time-skipping server's files differ from tools/temporal-test-server/jars.sha256: ${names}. ` +
      'After an intended change of pom.xml, list them again with sha256sum.',
  );
}
