import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fillLink, incidentLinks, temporalLink, unknownPlaceholders } from '../../src/domain/links.ts';
import { aTarget } from '../support/a-target.ts';

const values = {
  service: 'shop',
  environment: 'production',
  namespace: 'shop prod&x=1',
  deployment: 'shop-server',
  from: '1000',
  to: '2000',
};

test('placeholders are filled in, percent-encoded', () => {
  expect(fillLink('https://logs/?ns={{namespace}}&d={{ deployment }}&t={{from}}-{{to}}', values)).toBe(
    'https://logs/?ns=shop%20prod%26x%3D1&d=shop-server&t=1000-2000',
  );
});

test('what is no placeholder stays, and is told', () => {
  const template = 'https://logs/?q={app="{{service}}"}&x={{toString}}{{nam}}';
  expect(fillLink(template, values)).toBe('https://logs/?q={app="shop"}&x={{toString}}{{nam}}');
  expect(unknownPlaceholders(template)).toEqual(['toString', 'nam']);
});

test('no value changes the address around it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (namespace) => {
      const url = new URL(
        fillLink('https://logs.example.com/a/{{namespace}}?b={{namespace}}#c', { ...values, namespace }),
      );
      expect(url.host).toBe('logs.example.com');
      expect(url.searchParams.get('b')).toBe(namespace);
      expect(url.hash).toBe('#c');
    }),
  );
});

test('a run is found in the UI whatever people called it', () => {
  expect(temporalLink('https://temporal.example.com/', 'team a', 'shop/4.1.0 (x)', 'r1')).toBe(
    'https://temporal.example.com/namespaces/team%20a/workflows/shop%2F4.1.0%20%28x%29/r1/history',
  );
});

test('only what is known is linked', () => {
  const at = { from: '2026-02-03T10:00:00Z', to: '2026-02-03T10:05:00Z' };
  const run = { namespace: 'default', workflowId: 'w', runId: 'r' };
  expect(incidentLinks(aTarget(), {}, { ...at, run })).toEqual([]);
  expect(incidentLinks({ ...aTarget(), temporalUi: 'https://ui' }, {}, { ...at, run })).toEqual([
    { text: 'Run', href: 'https://ui/namespaces/default/workflows/w/r/history' },
  ]);
  expect(incidentLinks(aTarget(), { logsUrl: 'https://l/{{from}}' }, at)).toEqual([
    { text: 'Logs', href: `https://l/${Date.parse(at.from)}` },
  ]);
});
