import { expect, test } from '@jest/globals';
import { readLogOptions } from '../../src/worker/log-options.ts';
import { createLogger } from '../../src/worker/logger.ts';

function logged(format: 'json' | 'text', meta: object, message = 'Activity failed'): string {
  const lines: string[] = [];
  createLogger({ format, level: 'INFO' }, (line) => lines.push(line)).warn(message, { ...meta });
  return lines.join('');
}

const ofTheSdk = {
  sdkComponent: 'activity',
  taskQueue: 'dev',
  workflowId: 'target:shop:production',
  workflowRunId: 'run-1',
  activityType: 'helmUpgrade',
  activityId: '7',
  taskToken: 'Q2lRd01X',
  attempt: 2,
  service: 'shop',
  environment: 'production',
};

test('a line about a release names it, its run, its target and the activity', () => {
  expect(JSON.parse(logged('json', ofTheSdk))).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    message: 'Activity failed',
    component: 'activity',
    taskQueue: 'dev',
    release: 'target:shop:production',
    runId: 'run-1',
    activity: 'helmUpgrade',
    attempt: 2,
    service: 'shop',
    environment: 'production',
  });
});

test.each([['target:shop:production'], ['incident:target:shop:production:run-1']])(
  'a line that the SDK says of %s, for example that a task of it failed, names the target',
  (workflowId) => {
    expect(JSON.parse(logged('json', { sdkComponent: 'worker', workflowId }))).toMatchObject({
      release: workflowId,
      service: 'shop',
      environment: 'production',
    });
  },
);

test('a line about a release of another name, or about none, names no target that nobody gave', () => {
  for (const meta of [{ workflowId: 'shop-4.1.0' }, { workflowId: 'my:target:x:y' }, {}])
    expect(JSON.parse(logged('json', meta))).not.toHaveProperty('service');
});

test('at a terminal it is one line to read, with the stack of an error below', () => {
  const error = new Error('no route');
  error.stack = 'Error: no route\n    at somewhere';
  expect(logged('text', { workflowId: 'shop-4.1.0', note: 'two words', error })).toMatch(
    /^\S+Z WARN Activity failed release=shop-4\.1\.0 note="two words"\n {2}Error: no route\n {6}at somewhere\n$/,
  );
});

const secret = 'hunter2hunter2';

test.each<readonly [string, string, object]>([
  ['a message', `login with password=${secret}`, {}],
  ['a field', 'said', { answer: `Authorization: Bearer ${secret}` }],
  ['a field whose name tells', 'said', { password: secret }],
  ['a field of a field', 'said', { request: { headers: [{ authorization: `Bearer ${secret}` }] } }],
  ['an error', 'failed', { error: new Error(`postgres://me:${secret}@db/shop refused`) }],
  [
    'the cause of an error',
    'failed',
    { error: new Error('outer', { cause: new Error(`token: ${secret}`) }) },
  ],
])('a secret in %s is not written', (_where, message, meta) => {
  for (const format of ['json', 'text'] as const) {
    const line = logged(format, meta, message);
    expect(line).not.toContain(secret);
    expect(line).toContain('[redacted]');
  }
});

test('what cannot be JSON does not stop the line', () => {
  const meta: Record<string, unknown> = { big: 10n, bytes: new Uint8Array(3), run: () => 1 };
  meta['self'] = meta;
  expect(JSON.parse(logged('json', meta))).toMatchObject({ big: '10', bytes: '3 bytes' });
});

test('lines below the level are not written', () => {
  const lines: string[] = [];
  const log = createLogger({ format: 'json', level: 'WARN' }, (line) => lines.push(line));
  log.info('one');
  log.log('DEBUG', 'two');
  log.error('three');
  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['three']);
});

test('the format follows the terminal, and the flags are checked', () => {
  expect(readLogOptions({}, true)).toEqual({ format: 'text', level: 'INFO' });
  expect(readLogOptions({}, false)).toEqual({ format: 'json', level: 'INFO' });
  expect(readLogOptions({ format: 'text', level: 'Debug' }, false)).toEqual({
    format: 'text',
    level: 'DEBUG',
  });
  expect(() => readLogOptions({ format: 'xml' })).toThrow('--log-format xml: choose one of text, json.');
  expect(() => readLogOptions({ level: 'loud' })).toThrow(
    '--log-level loud: choose one of trace, debug, info, warn, error.',
  );
});
