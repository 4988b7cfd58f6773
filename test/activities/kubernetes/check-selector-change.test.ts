import { expect, test } from '@jest/globals';
import { checkSelectorChange } from '../../../src/activities/kubernetes/check-selector-change.ts';

type Selector = Readonly<Record<string, string>> | undefined;

const labels = { app: 'shop', tier: 'web' };
const deployment = { metadata: { name: 'shop-server' }, spec: { template: { metadata: { labels } } } };

function rules(now: Selector, wanted: Selector, of = deployment): readonly string[] {
  const service = { metadata: { name: 'shop-server' }, spec: now === undefined ? {} : { selector: now } };
  return checkSelectorChange(service, of, wanted).map(({ rule }) => rule);
}

const refused = ['selector-would-select-nothing'];

test.each<[string, Selector, Selector, readonly string[]]>([
  ['one that selects what runs', { app: 'shop' }, { app: 'shop', tier: 'web' }, []],
  ['the same one', { app: 'shop' }, { app: 'shop' }, []],
  ['one with a label that no pod has', { app: 'shop' }, { app: 'shop', release: '7' }, refused],
  ['one with another value', { app: 'shop' }, { app: 'store' }, refused],
  ['any other, where the present one selects nothing either', { app: 'gone' }, { app: 'store' }, []],
  ['none at all', { app: 'shop' }, undefined, []],
  ['another, where the Service has none yet', undefined, { app: 'store' }, refused],
])('a backup whose selector is %s', (_, now, wanted, found) => {
  expect(rules(now, wanted)).toEqual(found);
});

test('pods without labels are selected by nothing that a backup wants', () => {
  const bare = { ...deployment, spec: { template: {} } } as unknown as typeof deployment;
  expect(rules({}, { app: 'shop' }, bare)).toEqual(refused);
  expect(rules({ app: 'shop' }, { app: 'shop' }, bare)).toEqual([]);
});

test('where an object is missing, that is said elsewhere', () => {
  const service = { metadata: { name: 'shop-server' }, spec: { selector: labels } };
  expect(checkSelectorChange(undefined, deployment, { app: 'store' })).toEqual([]);
  expect(checkSelectorChange(service, undefined, { app: 'store' })).toEqual([]);
});

test('the problem names the Service, what would happen and the way out', () => {
  const service = { metadata: { name: 'shop-server' }, spec: { selector: labels } };
  expect(checkSelectorChange(service, deployment, { app: 'store' })).toEqual([
    {
      rule: 'selector-would-select-nothing',
      message: expect.stringMatching(/Service shop-server selects none of the pods .* no endpoints/),
      remedy: expect.stringContaining('return to a revision'),
    },
  ]);
});
