import { expect, test } from '@jest/globals';
import { readImageTag, setImageTagArgs } from '../../../src/activities/helm/image-tag.ts';

test.each([
  ['image.tag', '4.1.0', 'image.tag=4.1.0'],
  ['tag', 'v4.1.0-rc.1', 'tag=v4.1.0-rc.1'],
  ['images.example\\.com/server.tag', '4_1', 'images.example\\.com/server.tag=4_1'],
])('sets %s to %s as text', (path, tag, assignment) => {
  expect(setImageTagArgs(path, tag)).toEqual(['--set-string', assignment]);
});

test.each([
  ['', 'image.tag'],
  ['4.1.0,replicaCount=0', 'image.tag'],
  ['{4.1.0}', 'image.tag'],
  ['.4', 'image.tag'],
  ['-4', 'image.tag'],
  ['4=1', 'image.tag'],
  ['4.1.0\n', 'image.tag'],
  ['x'.repeat(129), 'image.tag'],
  ['4.1.0', ''],
  ['4.1.0', 'image..tag'],
  ['4.1.0', '.tag'],
  ['4.1.0', 'image.tag=1,replicaCount'],
  ['4.1.0', 'images[0].tag'],
])('refuses tag %j at %j', (tag, path) => {
  expect(() => setImageTagArgs(path, tag)).toThrow(
    expect.objectContaining({ type: 'InvalidRequest', nonRetryable: true }),
  );
});

test.each([
  [{ image: { tag: '4.0.0' } }, 'image.tag', '4.0.0'],
  [{ 'a.b': { tag: '4.0.0' } }, 'a\\.b.tag', '4.0.0'],
  [{ image: { tag: 4.5 } }, 'image.tag', '4.5'],
  [{ image: { tag: '' } }, 'image.tag', undefined],
  [{ image: 'tensafe' }, 'image.tag', undefined],
  [{}, 'image.tag', undefined],
  [{}, 'constructor.name', undefined],
  [null, 'image.tag', undefined],
])('reads %j at %s as %p', (values, path, tag) => {
  expect(readImageTag(values, path)).toBe(tag);
});
