import { expect, test } from '@jest/globals';
import { closest } from '../../src/config/did-you-mean.ts';

test.each([
  ['stagin', ['dev', 'staging', 'production'], 'staging'],
  ['prod', ['dev', 'staging', 'production'], 'production'],
  ['production-eu', ['dev', 'staging', 'production'], 'production'],
  ['Staging', ['dev', 'staging', 'production'], 'staging'],
  ['satging', ['dev', 'staging', 'production'], 'staging'],
  ['qa', ['dev', 'staging', 'production'], undefined],
  ['everything', ['dev', 'staging', 'production'], undefined],
  ['dve', ['dev', 'staging'], 'dev'],
  ['', ['dev'], undefined],
  ['dev', [], undefined],
])('for %j among %j the guess is %s', (name, known, guess) => {
  expect(closest(name, known)).toBe(guess);
});
