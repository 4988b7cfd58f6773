import { expect, test } from '@jest/globals';
import { Fields } from '../../src/domain/fields.ts';
import { readVersionSource } from '../../src/domain/version-source.ts';

function read(input: unknown) {
  const fields = new Fields(input, ['version', 'versionFrom']);
  return fields.finish(() => readVersionSource(fields));
}

test.each([
  [{ version: 'v4.1.0' }, { version: '4.1.0' }],
  [
    { versionFrom: { verifiedIn: 'staging' } },
    { version: 'as verified in staging', versionFrom: { verifiedIn: 'staging' } },
  ],
])('%j', (input, request) => {
  expect(read(input)).toEqual({ ok: true, request });
});

test.each([
  [{}, '"version" is missing; for example "version": "4.1.0"'],
  [
    { version: '4.1.0', versionFrom: { verifiedIn: 'staging' } },
    '"versionFrom" cannot stand beside "version": say one of them',
  ],
  [{ versionFrom: {} }, '"versionFrom.verifiedIn" is missing; for example "verifiedIn": "staging"'],
  [
    { versionFrom: { verifiedIn: 'staging', soak: '1h' } },
    'unknown field "versionFrom.soak"; the fields are verifiedIn',
  ],
])('%j is refused', (input, problem) => {
  expect(read(input)).toEqual({ ok: false, problems: [problem] });
});
