import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder, findOnPath } from './tool-catalogue.mjs';

// Plain JavaScript, Node built-ins only: what the tests lack is said before anything is installed.

/** @typedef {{ initdb: string, postgres: string, psql: string }} PostgresqlPrograms */
/** @typedef {{ prometheus: string, alertmanager: string }} MonitoringPrograms */

export const NO_POSTGRESQL =
  'PostgreSQL is needed by a few tests and its programs (initdb, postgres, psql) were not found on PATH: install PostgreSQL 13 or newer (macOS: brew install postgresql; Debian and Ubuntu: apt-get install postgresql), or set FAIRWAY_TEST_POSTGRESQL=skip to leave them out, then run this again.';
export const NO_MONITORING =
  'Prometheus and Alertmanager are needed by one test and were not found on PATH: install both (macOS: brew install prometheus alertmanager; Debian and Ubuntu: apt-get install prometheus prometheus-alertmanager, unless `npm test` can fetch them by itself), or set FAIRWAY_TEST_MONITORING=skip to leave that test out, then run this again.';
const NO_OPENSSL =
  'openssl is needed by the tests (certificates of a Temporal server with TLS) and was not found on PATH: install it (macOS: brew install openssl; Debian and Ubuntu: apt-get install openssl), then run this again.';

/** Debian keeps the server's programs off PATH, a folder for each major version. */
const debianFolder = '/usr/lib/postgresql';

/**
 * What some tests start, and the machine lacks and cannot be given without its owner.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [debian] where Debian has PostgreSQL
 * @returns {string[]} one sentence with the remedy each
 */
export function testProgramsMissing(env = process.env, debian = debianFolder) {
  const isLeftOut = (/** @type {string} */ name) => env[`FAIRWAY_TEST_${name}`] === 'skip';
  const hasMonitoring = isLeftOut('MONITORING') || findMonitoring(env) || canFetchMonitoring(env);
  return [
    ...(isLeftOut('POSTGRESQL') || findPostgresql(env, debian) ? [] : [NO_POSTGRESQL]),
    ...(findOnPath('openssl', env) ? [] : [NO_OPENSSL]),
    ...(hasMonitoring ? [] : [NO_MONITORING]),
  ];
}

/** @param {NodeJS.ProcessEnv} [env] @returns {PostgresqlPrograms | undefined} */
export function findPostgresql(env = process.env, debian = debianFolder) {
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const find = (/** @type {string} */ program) =>
    findOnPath(program, env) ??
    newestFirst.map((version) => join(debian, version, 'bin', program)).find((file) => existsSync(file));
  const [initdb, postgres, psql] = [find('initdb'), find('postgres'), find('psql')];
  return initdb && postgres && psql ? { initdb, postgres, psql } : undefined;
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
