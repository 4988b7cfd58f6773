import { expect, test } from '@jest/globals';
import { createWindowActivities } from '../../../src/activities/windows/index.ts';
import { createConfiguration, type Configuration } from '../../../src/config/configuration.ts';
import { parseConfiguration } from '../../../src/config/load.ts';
import { failureTypes } from '../../../src/domain/failures.ts';

function configuration(windows: string): Configuration {
  const text = `environments:
  dev: { cluster: dev-cluster, namespace: web${windows === '' ? '' : `, windows: ${windows}`} }
freezes:
  incident: { from: '2026-11-23T10:00Z', to: '2026-11-23T12:00Z' }
services: { web: { image: org/web } }
`;
  return createConfiguration('/srv/fairway.yaml', parseConfiguration(text, 'fairway.yaml'));
}

const dev = { service: 'web', environment: 'dev' };

test('the file of today and the clock of now decide: a freeze that was added counts, and ends by itself', async () => {
  let today = configuration('{}');
  let now = Date.parse('2026-11-23T11:00Z');
  const { lookAtWindows } = createWindowActivities({
    windowsOf: (environment) => today.windowsOf(environment),
    now: () => now,
  });
  expect(await lookAtWindows(dev)).toEqual({ open: true });
  today = configuration('{ deny: [incident] }');
  expect(await lookAtWindows(dev)).toEqual({
    open: false,
    because: 'freeze "incident", until 23 November 2026, 12:00 (UTC)',
    opensAt: '2026-11-23T12:00:00.000Z',
  });
  now = Date.parse('2026-11-23T12:00Z');
  expect(await lookAtWindows(dev)).toEqual({ open: true });
});

test('an environment without windows is open at all times', async () => {
  const { windowsOf } = configuration('');
  const { lookAtWindows } = createWindowActivities({ windowsOf, now: Date.now });
  expect(await lookAtWindows(dev)).toEqual({ open: true });
});

test('an environment that the file no longer has is said by name, and not asked for again', async () => {
  const { windowsOf } = configuration('');
  const { lookAtWindows } = createWindowActivities({ windowsOf, now: Date.now });
  await expect(lookAtWindows({ service: 'web', environment: 'production' })).rejects.toMatchObject({
    type: failureTypes.unknownTarget,
    nonRetryable: true,
    message: 'fairway.yaml has no environment "production". It has: dev.',
  });
});
