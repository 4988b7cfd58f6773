import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import {
  findOnPath,
  isOlder,
  isToolSetCached,
  requiredGo,
  testServerExecutable,
  toolSets,
} from './tool-catalogue.mjs';
import { testProgramsMissing } from './test-programs.mjs';

// Plain JavaScript, Node built-ins only: it answers before anything is installed.

const NO_GO =
  'Go is needed to build the pinned tools and was not found on PATH: install Go REQUIRED or newer (macOS: brew install go; Debian and Ubuntu: apt-get install golang, or the Go project’s own download where that is older), then run this again.';
const OLD_GO =
  'Go FOUND is too old to build the pinned tools: install Go REQUIRED or newer (or set GOTOOLCHAIN=auto to let Go 1.21 or newer fetch it), then run this again.';
const NO_JAVA =
  'Java is needed by the tests (Temporal’s time-skipping server) and `java` does not run: install a JDK, 11 or newer (macOS: brew install openjdk; Debian and Ubuntu: apt-get install default-jdk-headless), then run this again.';
const NO_MAVEN =
  'Maven is needed once, to fetch Temporal’s time-skipping server for the tests, and `mvn` was not found on PATH: install it (macOS: brew install maven; Debian and Ubuntu: apt-get install maven), or name a time-skipping server of your own in FAIRWAY_TEST_SERVER, then run this again.';

/**
 * What the machine lacks, one sentence with the remedy each. Asks only for what is not cached yet.
 * @param {{ tests: boolean, allTests: boolean }} need whether tests will run, for only they need Java; and whether
 *   all of them will, for some need more
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]} empty when all is there
 */
export function missingPrerequisites({ tests, allTests }, env = process.env) {
  return [
    goMissing(env),
    ...(tests ? testServerMissing(env) : []),
    ...(allTests ? testProgramsMissing(env) : []),
  ].filter((each) => each !== undefined);
}

/** @param {NodeJS.ProcessEnv} env */
function goMissing(env) {
  const ready = toolSets.every(
    (set) => isToolSetCached(set, env) || set.tools.every((tool) => findOnPath(tool, env)),
  );
  return ready ? undefined : goProblem(env);
}

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @param {import('./tool-catalogue.mjs').ToolSet[]} [sets] what is to be built
 * @returns {string | undefined} why it cannot be built with this Go
 */
export function goProblem(env = process.env, sets = toolSets) {
  const required = requiredGo(sets);
  const go = findOnPath('go', env);
  if (!go) return judgeGo({ required });
  const asked = spawnSync(go, ['env', 'GOVERSION', 'GOTOOLCHAIN'], { env, encoding: 'utf8' });
  const [found = '', toolchain = ''] = (asked.stdout ?? '').split('\n');
  return judgeGo({ required, found: found.replace(/^go/, ''), toolchain });
}

/**
 * @param {{ required: string, found?: string, toolchain?: string }} go `toolchain` is what GOTOOLCHAIN says
 * @returns {string | undefined}
 */
export function judgeGo({ required, found, toolchain = 'auto' }) {
  if (!found) return NO_GO.replace('REQUIRED', required);
  // Go 1.21 and newer fetch the toolchain that go.mod names, unless told not to.
  const fetchesNewer = !isOlder(found, '1.21') && /(^|\+)auto$/.test(toolchain);
  if (!isOlder(found, required) || fetchesNewer) return undefined;
  return OLD_GO.replace('FOUND', found).replace('REQUIRED', required);
}

/** @param {NodeJS.ProcessEnv} [env] @returns {string[]} why the time-skipping server cannot be had or run */
export function testServerMissing(env = process.env) {
  if (env['FAIRWAY_TEST_SERVER']) return [];
  const java = findOnPath('java', env);
  // macOS ships a `java` that only says that there is none.
  const runs = java !== undefined && spawnSync(java, ['-version'], { env, stdio: 'ignore' }).status === 0;
  const fetched = existsSync(testServerExecutable(env));
  return [...(runs ? [] : [NO_JAVA]), ...(fetched || findOnPath('mvn', env) ? [] : [NO_MAVEN])];
}
