import { expect, test } from '@jest/globals';
import { listenAddressText, parseListenAddress } from '../../src/worker/listen-address.ts';

test.each([
  ['127.0.0.1:8080', '127.0.0.1:8080'],
  ['0.0.0.0:9090', '0.0.0.0:9090'],
  ['localhost:8080', '127.0.0.1:8080'],
  ['[::1]:8080', '[::1]:8080'],
])('%s is listened at as %s', (text, written) => {
  expect(listenAddressText(parseListenAddress('--health-address', text))).toBe(written);
});

test.each([
  '8080',
  ':8080',
  '127.0.0.1',
  '127.0.0.1:0',
  '127.0.0.1:65536',
  '::1:8080',
  'example.com:80',
  '[127.0.0.1]:80',
  '',
])('a person who writes "%s" is told what to write', (text) => {
  expect(() => parseListenAddress('--health-address', text)).toThrow(
    `--health-address ${text}: that is no address to listen at. Write an IP address and a port`,
  );
});
