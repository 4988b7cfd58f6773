import { mkdir, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { dirname } from 'node:path';

import { execa } from 'execa';

import { runJobs } from './jobs.ts';
import { planMonitoring } from './monitoring-programs.ts';
import { neutralEnvironment } from './neutral-environment.ts';
import { planPostgresql } from './postgresql-programs.ts';
import { planTimeSkippingServer } from './test-server.ts';
import { linkTools } from './tool-links.ts';
import { allTools, planTools, testTools } from './tools.ts';
import { planWorkerApp } from './worker-app.ts';

/** Jest's own JSON report of the last run. */
const REPORT = 'test-results/jest.json';

/**
 * Provides what the tests need, then runs Jest. The tests find the tools by environment variables: FAIRWAY_BIN
 * is a folder with all of them, FAIRWAY_APP the built worker, FAIRWAY_TEST_SERVER the time-skipping server,
 * FAIRWAY_TEST_PROMETHEUS and FAIRWAY_TEST_ALERTMANAGER those two, where they can be had.
 * @param args Jest's own: a path, `-t` and so on
 * @returns Jest's exit code
 */
export async function runTests(args: string[]): Promise<number> {
  await mkdir(dirname(REPORT), { recursive: true });
  await rm(REPORT, { force: true });
  const server = planTimeSkippingServer();
  const tools = await planTools(allTools);
  // Few tests need these: one that is run by name builds them itself. Together with all others they would slow each down.
  const more = args.length === 0 ? await planTools(testTools) : { jobs: [] };
  const monitoring = planMonitoring();
  const app = await planWorkerApp();
  await runJobs([
    ...tools.jobs,
    ...more.jobs,
    ...server.jobs,
    ...monitoring.jobs,
    ...planPostgresql(),
    ...app.jobs,
  ]);
  const programs = monitoring.paths();
  const { exitCode, signal } = await execa(
    process.execPath,
    [
      '--experimental-vm-modules',
      // Node 20.11 and newer can be told not to say on every run that the flag is experimental.
      ...(process.allowedNodeEnvironmentFlags.has('--disable-warning')
        ? ['--disable-warning=ExperimentalWarning']
        : []),
      'node_modules/jest/bin/jest.js',
      '--json',
      `--outputFile=${REPORT}`,
      ...args,
    ],
    {
      stdio: 'inherit',
      reject: false,
      extendEnv: false,
      env: {
        ...neutralEnvironment(),
        // Control planes and servers that live for minutes: an eighth less work, for memory that a machine has.
        GOGC: '400',
        FAIRWAY_BIN: await linkTools(tools.paths),
        FAIRWAY_APP: app.path,
        FAIRWAY_TEST_SERVER: server.path,
        ...(programs === undefined
          ? {}
          : {
              FAIRWAY_TEST_PROMETHEUS: programs.prometheus,
              FAIRWAY_TEST_ALERTMANAGER: programs.alertmanager,
            }),
      },
    },
  );
  return signal ? 128 + constants.signals[signal as NodeJS.Signals] : exitCode;
}
