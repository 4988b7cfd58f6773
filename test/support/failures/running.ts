/** Containers that start and do not stay, or stay and are not well. */
import { annotations } from '../../../local/kwok/annotations.ts';
import type { Failure } from './failure.ts';
import { fatal, patient, runsUnready, waitsFor } from './failure.ts';
import type { ShopChange } from './shop.ts';

/** Ends with 1 soon after each start, having written these lines. */
function crashing(log: string, more: Readonly<Record<string, string>> = {}): ShopChange {
  return { behaviour: 'crash', answers: true, annotations: { [annotations.log]: log, ...more } };
}

const crashed = { shown: waitsFor('CrashLoopBackOff'), wait: fatal('crash-loop-back-off') };

export const crashFailures: readonly Failure[] = [
  {
    title: 'database refuses the login',
    arrange: ({ release }) =>
      release(crashing('INFO connecting to db:5432\nFATAL: password authentication failed for user "shop"')),
    ...crashed,
    finding: 'database-login-refused',
    names: /password authentication failed/,
  },
  {
    title: 'migration fails',
    arrange: ({ release }) =>
      release(
        crashing(
          'INFO running migration 0042_orders\nERROR migration 0042_orders failed: column "total" of relation "orders" already exists',
        ),
      ),
    ...crashed,
    finding: 'migration-failed',
    names: /0042_orders/,
  },
  {
    title: 'port is taken',
    arrange: ({ release }) =>
      release(crashing('Error: listen EADDRINUSE: address already in use 0.0.0.0:8000')),
    ...crashed,
    finding: 'port-in-use',
    names: /8000/,
  },
  {
    title: 'program ends with 0 as if it were done',
    arrange: ({ release }) =>
      release({
        behaviour: 'crash',
        annotations: { [annotations.exitCode]: '0', [annotations.exitReason]: 'Completed' },
      }),
    ...crashed,
    finding: 'exits-successfully',
    names: /0/,
  },
  {
    title: 'containers are killed for memory',
    arrange: ({ release }) =>
      release({ behaviour: 'oom', container: { resources: { limits: { memory: '64Mi' } } } }),
    shown: waitsFor('CrashLoopBackOff'),
    wait: fatal('out-of-memory'),
    finding: 'out-of-memory',
    names: /64Mi/,
  },
  {
    title: 'command is not in the image',
    arrange: ({ release }) =>
      release({
        behaviour: 'crash',
        container: { command: ['/srv/shop'] },
        annotations: {
          [annotations.exitReason]: 'ContainerCannotRun',
          [annotations.exitCode]: '127',
          [annotations.exitMessage]: 'exec: "/srv/shop": stat /srv/shop: no such file or directory',
        },
      }),
    shown: {
      in: 'pods',
      when: ({ status }) =>
        status?.containerStatuses?.some(
          ({ state, lastState }) =>
            (state?.terminated ?? lastState?.terminated)?.reason === 'ContainerCannotRun',
        ) === true,
    },
    wait: fatal('container-cannot-run'),
    finding: 'command-not-found',
    names: /\/srv\/shop/,
  },
];

const probe = (path: string) => ({
  container: {
    readinessProbe: {
      httpGet: { path, port: 8000 },
      periodSeconds: 1,
      // Long enough for a simulated pod on a busy machine.
      timeoutSeconds: 3,
      failureThreshold: 3,
    },
  },
});
/** Initial delay 0, timeout 3, three times a period of 1. */
const unready = { shown: runsUnready, wait: fatal('readiness-failing', 6) };

export const probeFailures: readonly Failure[] = [
  {
    title: 'readiness endpoint answers an error',
    arrange: ({ release }) => release({ behaviour: 'never-ready', answers: true, ...probe('/ready') }),
    ...unready,
    finding: 'probe-error-answer',
    names: /503/,
  },
  {
    title: 'readiness probe asks a path that does not exist',
    arrange: ({ release }) => release({ behaviour: 'never-ready', answers: true, ...probe('/readyz') }),
    ...unready,
    finding: 'probe-wrong-path',
    names: /\/readyz/,
  },
  {
    title: 'readiness probe gets no answer',
    arrange: ({ release }) => release({ behaviour: 'stuck', answers: true, ...probe('/ready') }),
    ...unready,
    finding: 'probe-too-slow',
    names: /\/ready/,
  },
  {
    title: 'readiness probe names a port that the container has not',
    arrange: ({ release }) =>
      release({
        behaviour: 'never-ready',
        container: { readinessProbe: { httpGet: { path: '/ready', port: 'web' }, periodSeconds: 1 } },
      }),
    shown: runsUnready,
    // As above, with the timeout of 1 that a probe has by itself.
    wait: fatal('readiness-failing', 4),
    finding: 'probe-port-unknown',
    names: /web/,
  },
  {
    title: 'containers have not used up the time that their probes allow',
    arrange: ({ release }) =>
      release({
        answers: true,
        annotations: { [annotations.readyDelay]: '300s' },
        container: {
          readinessProbe: { httpGet: { path: '/ready', port: 8000 }, initialDelaySeconds: 300 },
        },
      }),
    shown: runsUnready,
    wait: patient('readiness-failing'),
    finding: 'still-starting',
    names: /300|33/,
  },
];
