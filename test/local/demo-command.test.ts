import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cliCommand, hasTemporalSettings } from '../../local/demo/command.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'fairway-home-'));
});
afterEach(() => rm(home, { recursive: true }));

const list = ['workflow', 'list', '--query', "a='b'"];

test.each([
  ['usual', '127.0.0.1:7233', false, ''],
  ['another', '127.0.0.1:15001', false, '--address 127.0.0.1:15001 '],
  [
    'usual, and the user has settings of their own',
    '127.0.0.1:7233',
    true,
    '--address 127.0.0.1:7233 --namespace default --disable-config-env --disable-config-file ',
  ],
])(
  'what is run names its server in any case, what is shown where it must (the address is %s)',
  (_, address, hasOwnSettings, where) => {
    const { args, shown } = cliCommand(address, list, hasOwnSettings);
    const there = ['--address', address, '--namespace', 'default'];
    expect(args).toEqual(['workflow', 'list', ...there, '--query', "a='b'"]);
    expect(shown).toBe(`temporal workflow list ${where}--query 'a='\\''b'\\'''`);
  },
);

test.each([
  ['a variable', { TEMPORAL_NAMESPACE: 'theirs' }, undefined],
  ['a profile', {}, ['.config', 'temporal.toml']],
  ['a profile on a Mac', {}, ['Library/Application Support', 'temporal.toml']],
  ["the CLI's older file", {}, ['.config', 'temporal.yaml']],
] as const)('%s is a setting of the user', async (_, environment, file) => {
  expect(hasTemporalSettings({}, home)).toBe(false);
  if (file !== undefined) {
    await mkdir(join(home, file[0], 'temporalio'), { recursive: true });
    await writeFile(join(home, file[0], 'temporalio', file[1]), '');
  }
  expect(hasTemporalSettings(environment, home)).toBe(true);
});
