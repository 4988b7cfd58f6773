import { expect, test } from '@jest/globals';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';

function schedules(entry: string, name = 'web-nightly') {
  const text = `environments:
  staging: { cluster: a, namespace: web }
services: { web: { image: org/web } }
schedules: { ${name}: ${entry} }
`;
  return createConfiguration('/srv/fairway.yaml', parseConfiguration(text, 'fairway.yaml')).schedules;
}

const what = 'service: web, environment: staging';
const when = 'cron: "0 2 * * 1-5", timeZone: Europe/Berlin';
const target = { name: 'web-nightly', service: 'web', environment: 'staging', timeZone: 'Europe/Berlin' };

test.each([
  [
    `{ ${what}, version: nightly, ${when} }`,
    { ...target, version: 'nightly', times: { kind: 'cron', cron: '0 2 * * 1-5' } },
  ],
  [
    `{ ${what}, versionFrom: { verifiedIn: staging }, calendar: { at: "02:30", days: [mon, fri], daysOfMonth: [1] },
       timeZone: Europe/Berlin, paused: true, strategy: canary, whenHeld: wait }`,
    {
      ...target,
      verifiedIn: 'staging',
      times: { kind: 'calendar', hour: 2, minute: 30, daysOfWeek: ['MONDAY', 'FRIDAY'], daysOfMonth: [1] },
      paused: true,
      strategy: 'canary',
      whenHeld: 'wait',
    },
  ],
])('%s', (entry, expected) => {
  expect(schedules(entry)).toEqual([expected]);
});

test.each([
  [`{ service: wep, environment: staging, version: a, ${when} }`, 'no such service. Did you mean "web"?'],
  [`{ service: web, environment: stage, version: a, ${when} }`, 'there is no such environment'],
  [`{ ${what}, versionFrom: { verifiedIn: production }, ${when} }`, 'there is no such environment'],
  [`{ ${what}, ${when} }`, 'has neither version nor versionFrom'],
  [`{ ${what}, version: a, versionFrom: { verifiedIn: staging }, ${when} }`, 'has version and versionFrom'],
  [`{ ${what}, version: a, timeZone: UTC }`, 'has neither cron nor calendar'],
  [`{ ${what}, version: a, cron: nightly, timeZone: UTC }`, 'expected a cron expression of five fields'],
  [
    `{ ${what}, version: a, cron: "CRON_TZ=UTC 0 2 * * *", timeZone: UTC }`,
    'The time zone is a key of its own',
  ],
  [`{ ${what}, version: a, cron: "0 2 * * *", timeZone: Europe/Berln }`, 'expected a time zone'],
  [`{ ${what}, version: "a b", ${when} }`, 'expected a version such as "4.1.0"'],
])('%s is refused', (entry, message) => {
  expect(() => schedules(entry)).toThrow(ConfigurationError);
  expect(() => schedules(entry)).toThrow(message);
});

test('a name becomes part of workflow IDs', () => {
  expect(() => schedules(`{ ${what}, version: a, ${when} }`, '"Web nightly"')).toThrow('expected a name of');
});
