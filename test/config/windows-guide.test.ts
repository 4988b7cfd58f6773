/** What docs/guides/windows.md shows is true. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { createConfiguration, type Configuration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { parsePersonMessage } from '../../src/domain/person-message.ts';
import { windowState } from '../../src/domain/window-state.ts';

const guide = await readFile(new URL('../../docs/guides/windows.md', import.meta.url), 'utf8');
const files = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);

function configuration(index: number): Configuration {
  const text = `${files[index] ?? ''}\nservices: { shop: { image: example/shop } }\n`;
  return createConfiguration('/srv/fairway.yaml', parseConfiguration(text, 'guide.yaml'));
}

function stateAt(index: number, time: string): string {
  const state = windowState(configuration(index).windowsOf('production'), Date.parse(time));
  return state.open ? 'open' : `${state.because}; opens ${state.opensAt?.slice(0, 16) ?? 'never'}`;
}

test('the guide has two whole examples', () => {
  expect(files).toHaveLength(2);
});

test.each([
  [0, '2026-11-23T10:00+01:00', 'open'],
  [
    0,
    '2026-11-27T10:00+01:00',
    'outside of Mon, Tue, Wed, Thu 09:00–16:00 (Europe/Berlin); opens 2026-11-30T08:00',
  ],
  [
    0,
    '2026-12-21T10:00+01:00',
    'freeze "year-end", until 4 January 2027, 00:00 (Europe/Berlin); opens 2027-01-04T08:00',
  ],
  [1, '2026-11-03T20:00+01:00', 'open'],
  [
    1,
    '2026-11-10T20:00+01:00',
    'outside of "maintenance evening" and Fri 22:00–02:00 (America/New_York); opens 2026-11-14T03:00',
  ],
  [1, '2026-11-14T01:30-05:00', 'open'],
  [
    1,
    '2027-08-31T20:00+02:00',
    '"payday", until 1 September 2027, 00:00 (Europe/Berlin); opens 2027-09-04T02:00',
  ],
])('example %d at %s: %s', (index, time, expected) => {
  expect(stateAt(index, time)).toBe(expected);
});

test('groups of the file may override, by the names that they have there', () => {
  const { environment } = configuration(0).resolveTarget({ service: 'shop', environment: 'production' });
  expect(environment.windows).toEqual({
    outside: 'wait',
    override: { people: ['ana@example.com', 'ben@example.com', 'cem@example.com'] },
  });
});

test('the command that lets a release go is understood', () => {
  const [, input = ''] = /--name override --input '(\{.*?\})'/.exec(guide) ?? [];
  expect(parsePersonMessage('override', JSON.parse(input))).toMatchObject({
    ok: true,
    message: { what: 'window' },
  });
});
