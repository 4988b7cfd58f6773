import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Plain JavaScript, Node built-ins only: the first check of a fresh clone runs before anything is installed.

/** @typedef {'etcd' | 'kwok' | 'kwokctl' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler'
 *   | 'kubectl' | 'temporal' | 'helm' | 'temporal-server' | 'temporal-sql-tool' | 'compose-go'} ToolName */

/**
 * A set of executables built together from `tools/<name>/go.mod`.
 * @typedef {object} ToolSet
 * @property {string} name folder under tools/
 * @property {string} module the Go module whose pinned version is the set's version
 * @property {ToolName[]} tools names of the executables
 * @property {Partial<Record<ToolName, string>>} [builtAs] executables that Go builds under another name
 * @property {string} [versionVariable] Go variable that holds the version a release build would state
 */

/** @type {ToolSet[]} smallest first, so that something useful is ready early */
export const toolSets = [
  {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    tools: ['etcd'],
    builtAs: { etcd: 'server' },
  },
  { name: 'kwok', module: 'sigs.k8s.io/kwok', tools: ['kwok', 'kwokctl'] },
  {
    name: 'kubernetes',
    module: 'k8s.io/kubernetes',
    tools: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'],
    versionVariable: 'k8s.io/component-base/version.gitVersion',
  },
  {
    name: 'temporal',
    module: 'github.com/temporalio/cli',
    tools: ['temporal'],
    versionVariable: 'github.com/temporalio/cli/temporalcli.Version',
  },
  {
    name: 'helm',
    module: 'helm.sh/helm/v3',
    tools: ['helm'],
    versionVariable: 'helm.sh/helm/v3/internal/version.version',
  },
];

/** @type {ToolSet[]} what one test or another needs and nothing else does: built when such a test runs, or all of them */
export const testToolSets = [
  {
    name: 'compose-go',
    module: 'github.com/compose-spec/compose-go/v2',
    tools: ['compose-go'],
    builtAs: { 'compose-go': 'cmd' },
  },
  {
    name: 'temporal-server',
    module: 'go.temporal.io/server',
    tools: ['temporal-server', 'temporal-sql-tool'],
    builtAs: { 'temporal-server': 'server', 'temporal-sql-tool': 'sql' },
  },
];

export const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} setName */
export function sourceFolder(setName) {
  return join(root, 'tools', setName);
}

/** @param {ToolSet} set @returns {string} with its leading v, for example v1.35.4 */
export function pinnedVersion(set) {
  const goMod = readFileSync(join(sourceFolder(set.name), 'go.mod'), 'utf8');
  const line = goMod.split('\n').find((each) => each.trim().startsWith(`${set.module} v`));
  const version = line?.trim().split(' ')[1];
  if (!version) throw new Error(`tools/${set.name}/go.mod does not require ${set.module}`);
  return version;
}

/** @param {ToolSet[]} [sets] @returns {string} the newest Go that any of them asks for, for example 1.26 */
export function requiredGo(sets = toolSets) {
  const versions = sets.map(
    (set) => /^go (\S+)$/m.exec(readFileSync(join(sourceFolder(set.name), 'go.mod'), 'utf8'))?.[1] ?? '0',
  );
  return versions.reduce((newest, each) => (isOlder(newest, each) ? each : newest));
}

/** @param {ToolSet} set @returns {string[]} arguments of `go install` */
export function buildFlags(set) {
  const stated = set.versionVariable ? ` -X ${set.versionVariable}=${statedVersion(set)}` : '';
  return ['-trimpath', '-ldflags', `-s -w${stated}`];
}

/** @param {ToolSet} set */
function statedVersion(set) {
  const version = pinnedVersion(set);
  return set.name === 'temporal' ? version.slice(1) : version;
}

/**
 * Where one build of one set lives: another pin, flag or platform is another folder.
 * @param {ToolSet} set
 * @param {NodeJS.ProcessEnv} [env]
 */
export function toolFolder(set, env = process.env) {
  return cachedFolder(set.name, ['go.mod', 'go.sum'], buildFlags(set), env);
}

/** @param {ToolSet} set @param {NodeJS.ProcessEnv} [env] */
export function isToolSetCached(set, env = process.env) {
  return set.tools.every((tool) => isExecutable(join(toolFolder(set, env), 'bin', tool)));
}

/** @param {NodeJS.ProcessEnv} [env] */
export function testServerFolder(env = process.env) {
  return cachedFolder('temporal-test-server', ['pom.xml', 'jars.sha256', 'temporal-test-server'], [], env);
}

/** @param {NodeJS.ProcessEnv} [env] the executable inside {@link testServerFolder} */
export function testServerExecutable(env = process.env) {
  return join(testServerFolder(env), 'temporal-test-server');
}

/**
 * Another for each pin, flag and platform.
 * @param {string} name folder under tools/
 * @param {string[]} files of that folder
 * @param {string[]} flags
 * @param {NodeJS.ProcessEnv} env
 */
export function cachedFolder(name, files, flags, env) {
  const digest = createHash('sha256');
  for (const file of files) digest.update(readFileSync(join(sourceFolder(name), file))).update('\0');
  digest.update(JSON.stringify([flags, process.platform, process.arch]));
  return join(cacheFolder(env), 'tools', `${name}-${digest.digest('hex').slice(0, 16)}`);
}

/** @param {NodeJS.ProcessEnv} [env] Fairway's own folder in the user's cache folder */
export function cacheFolder(env = process.env, platform = process.platform) {
  const home = env['HOME'] ?? homedir();
  const set = env['XDG_CACHE_HOME'];
  // The XDG specification tells readers to ignore a relative path.
  if (set && isAbsolute(set)) return join(set, 'fairway');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'fairway');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'fairway');
  return join(home, '.cache', 'fairway');
}

/** @param {string} command @param {NodeJS.ProcessEnv} [env] @returns {string | undefined} its path */
export function findOnPath(command, env = process.env) {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, command)).find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  if (!existsSync(file) || !statSync(file).isFile()) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} a @param {string} b dotted numbers @returns {boolean} whether a comes before b */
export function isOlder(a, b) {
  const [left, right] = [a, b].map((version) => (version.match(/\d+/g) ?? []).map(Number));
  for (let at = 0; at < 3; at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
