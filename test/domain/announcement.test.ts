import { expect, test } from '@jest/globals';
import {
  deployedText,
  inProgressText,
  rollbackFailedText,
  rolledBackText,
  spokenDuration,
  startingText,
  stoppedText,
} from '../../src/domain/announcement.ts';
import { displayVersion } from '../../src/domain/version.ts';
import { longestSlackText, slackText } from '../../src/domain/slack-text.ts';

const tensafe = { displayName: 'TenSafe', version: '4.1.0' };

test.each([
  [900, '[DEPLOYMENT] TenSafe v4.1.0 deployment starting in 15 minutes'],
  [0, '[DEPLOYMENT] TenSafe v4.1.0 deployment starting now'],
  [60, '[DEPLOYMENT] TenSafe v4.1.0 deployment starting in 1 minute'],
  [90, '[DEPLOYMENT] TenSafe v4.1.0 deployment starting in 90 seconds'],
])('a lead of %d seconds is announced in the words of the runbook', (lead, text) => {
  expect(startingText(tensafe, lead)).toBe(text);
});

test('an announcement names whoever is on call, where that is known', () => {
  expect(startingText(tensafe, 900, 'on call: Ada Lovelace until 18:00 UTC')).toBe(
    '[DEPLOYMENT] TenSafe v4.1.0 deployment starting in 15 minutes (on call: Ada Lovelace until 18:00 UTC)',
  );
});

test('a rollback is announced in the words of the runbook', () => {
  expect(rolledBackText({ displayName: 'TenSafe', version: 'v4.0.0' }, 'health endpoint failed')).toBe(
    '[ROLLBACK] TenSafe rolled back to v4.0.0 due to health endpoint failed',
  );
});

test.each([
  [
    inProgressText(tensafe, 'monitoring the rollout'),
    '[DEPLOYMENT] TenSafe v4.1.0 deployment in progress: monitoring the rollout',
  ],
  [
    deployedText(tensafe, { environment: 'production', seconds: 362 }),
    '[DEPLOYMENT] TenSafe v4.1.0 deployed to production in 6 minutes 2 seconds',
  ],
  [
    deployedText(tensafe, { environment: 'production', seconds: 0.2, warnings: ['error logs', 'metrics'] }),
    '[DEPLOYMENT] TenSafe v4.1.0 deployed to production in 1 second, with warnings: error logs, metrics',
  ],
  [
    stoppedText(tensafe, 'aborted by ann'),
    '[DEPLOYMENT] TenSafe v4.1.0 deployment stopped before any change: aborted by ann',
  ],
  [
    rollbackFailedText({ displayName: 'TenSafe', version: '4.0.0' }, 'the API server is down'),
    '[ROLLBACK] TenSafe could not be rolled back to v4.0.0, a person must look: the API server is down',
  ],
])('%s', (text, expected) => {
  expect(text).toBe(expected);
});

test.each([
  ['4.1.0', 'v4.1.0'],
  ['v4.1.0', 'v4.1.0'],
  ['2026.11.3-rc1', 'v2026.11.3-rc1'],
  ['main-1f3c', 'main-1f3c'],
  ['sha256:9f86d081', 'sha256:9f86d081'],
])('version %s is written %s', (version, label) => {
  expect(displayVersion(version)).toBe(label);
});

test.each([
  [1, '1 second'],
  [45, '45 seconds'],
  [60, '1 minute'],
  [90, '90 seconds'],
  [119, '119 seconds'],
  [120, '2 minutes'],
  [150, '2 minutes 30 seconds'],
  [599, '9 minutes 59 seconds'],
  [614, '10 minutes'],
  [900, '15 minutes'],
  [3600, '1 hour'],
  [5400, '90 minutes'],
  [7199, '2 hours'],
  [7500, '2 hours 5 minutes'],
  [86_400, '24 hours'],
])('%d seconds are said as %s', (seconds, text) => {
  expect(spokenDuration(seconds)).toBe(text);
});

test('a name from outside cannot mention a channel or make a link', () => {
  expect(slackText(startingText({ displayName: 'R&D <!channel>', version: '1.0' }, 0))).toBe(
    '[DEPLOYMENT] R&amp;D &lt;!channel&gt; v1.0 deployment starting now',
  );
});

test('a reason of several lines becomes one', () => {
  expect(slackText(rolledBackText(tensafe, 'pod a failed:\n  exit 1\r\n'))).toBe(
    '[ROLLBACK] TenSafe rolled back to v4.1.0 due to pod a failed: exit 1',
  );
});

test('lines stay lines where they are meant to', () => {
  expect(slackText('Diagnosis:', '1. a <b>\n  c', '2. d')).toBe('Diagnosis:\n1. a &lt;b&gt; c\n2. d');
});

test.each([
  ['plain letters', 'x'.repeat(10_000)],
  ['characters that grow when escaped', '<'.repeat(3_000)],
  ['characters of two code units', '🚀'.repeat(3_000)],
])('a text of too many %s is cut at a whole character', (_, long) => {
  const text = slackText(long);
  expect(text.length).toBeLessThanOrEqual(longestSlackText);
  expect(text.length).toBeGreaterThan(longestSlackText - 10);
  expect(text).toMatch(/^(?:x|&lt;|🚀)+…$/u);
});

test('a text of exactly the longest length is left whole', () => {
  expect(slackText('x'.repeat(longestSlackText))).toBe('x'.repeat(longestSlackText));
});
