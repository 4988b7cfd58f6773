import { expect, test } from '@jest/globals';
import { imageTag, parseImageReference, withTag } from '../../src/domain/image.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

test.each([
  ['nginx', { repository: 'nginx' }],
  ['tensafe/server:4.1.0', { repository: 'tensafe/server', tag: '4.1.0' }],
  ['localhost/app:1', { registry: 'localhost', repository: 'localhost/app', tag: '1' }],
  ['localhost:5000/app', { registry: 'localhost:5000', repository: 'localhost:5000/app' }],
  ['localhost:5000/app:1', { registry: 'localhost:5000', repository: 'localhost:5000/app', tag: '1' }],
  [
    'r.example.com/a/b__c/d-e.f:V1_x',
    { registry: 'r.example.com', repository: 'r.example.com/a/b__c/d-e.f', tag: 'V1_x' },
  ],
  [`app@${digest}`, { repository: 'app', digest }],
  [`r.io:443/app:1.2@${digest}`, { registry: 'r.io:443', repository: 'r.io:443/app', tag: '1.2', digest }],
  [
    '[2001:db8::1]:5000/app:1',
    { registry: '[2001:db8::1]:5000', repository: '[2001:db8::1]:5000/app', tag: '1' },
  ],
  ['Registry/app', { registry: 'Registry', repository: 'Registry/app' }],
])('%s is a reference, split into its parts', (written, image) => {
  expect(parseImageReference(written)).toEqual({ ok: true, image });
});

test.each([
  ['', 'repository is missing'],
  [':4.1.0', 'in the repository'],
  ['tensafe/server:', 'the tag ""'],
  ['tensafe/server:4.1.0+build', 'the tag "4.1.0+build"'],
  [`app:${'a'.repeat(129)}`, 'the tag'],
  ['TenSafe', '"TenSafe" in the repository'],
  ['tensafe/Server:1', '"Server" in the repository'],
  ['tensafe//server', '"" in the repository'],
  ['tensafe/server/', '"" in the repository'],
  ['a___b', 'in the repository'],
  ['-app', 'in the repository'],
  ['-bad.example.com/app', 'not a registry host'],
  ['host:port/app', 'not a registry host'],
  ['app@sha256:abc', 'not a digest'],
  [`app@${digest}0`, 'not a digest'],
  [`app@${digest}@${digest}`, 'more than one "@"'],
  ['app:1 ', 'the tag'],
  ['a'.repeat(256), 'longer than 255'],
])('%j is refused with the reason: %s', (written, reason) => {
  expect(parseImageReference(written)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});

test('the tag of a reference is never taken from a registry port or a digest', () => {
  expect(imageTag('localhost:5000/app')).toBeUndefined();
  expect(imageTag(`app@${digest}`)).toBeUndefined();
  expect(imageTag(`localhost:5000/app:4.1.0@${digest}`)).toBe('4.1.0');
});

test('a version added to a repository parses back to the same parts', () => {
  expect(parseImageReference(withTag('localhost:5000/tensafe/server', '4.1.0'))).toEqual({
    ok: true,
    image: { registry: 'localhost:5000', repository: 'localhost:5000/tensafe/server', tag: '4.1.0' },
  });
});
