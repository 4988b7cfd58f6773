import { describe, expect, test } from '@jest/globals';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';

/** The approvals stand in line 2, column 62. */
function fileOf(approvals: string, top = ''): string {
  return `environments:
  production: { cluster: production, namespace: shop, approvals: ${approvals} }
services:
  shop: { image: org/shop }
${top}`;
}

function policyOf(approvals: string, top?: string) {
  return createConfiguration(
    '/srv/fairway.yaml',
    parseConfiguration(fileOf(approvals, top), 'fairway.yaml'),
  ).resolveTarget({ service: 'shop', environment: 'production' }).environment.approval;
}

function mistakes(approvals: string, top?: string): string[] {
  try {
    parseConfiguration(fileOf(approvals, top), 'fairway.yaml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const groups =
  'groups: { on-call: [Ada <ada@example.com>, ben@example.com], leads: [BEN@example.com, cleo@example.com] }\n';

describe('who must approve', () => {
  test.each<[string, string, object]>([
    ['a number lets anybody approve, for a day', '2', { required: 2, people: [], expirySeconds: 86_400 }],
    ['nobody has to', '0', { required: 0, people: [], expirySeconds: 86_400 }],
    [
      'people by name, for as long as it says',
      '{ required: 1, people: [Ada <Ada@Example.com>, ben], expire: 2h }',
      { required: 1, people: ['ada@example.com', 'ben'], expirySeconds: 7_200 },
    ],
    [
      'groups, each person once',
      '{ required: 2, people: [dan@example.com], groups: [on-call, leads] }',
      {
        required: 2,
        people: ['dan@example.com', 'ada@example.com', 'ben@example.com', 'cleo@example.com'],
        expirySeconds: 86_400,
      },
    ],
    [
      'a mapping without names lets anybody approve',
      '{ required: 2 }',
      { required: 2, people: [], expirySeconds: 86_400 },
    ],
  ])('%s', (_what, written, policy) => {
    expect(policyOf(written, groups)).toEqual(policy);
  });
});

describe('a mistake in approvals is one clear message', () => {
  test.each<[string, string, string, RegExp]>([
    [
      'neither number nor mapping',
      'two',
      '',
      /2:66 .*approvals: expected a whole number of people from 0 to 20, or a mapping with required, people, groups and expire, got "two"$/,
    ],
    [
      'no number',
      '{ people: [ada] }',
      '',
      /approvals.required: is missing: expected a whole number of people from 0 to 20$/,
    ],
    [
      'an unknown key',
      '{ required: 1, poeple: [ada] }',
      '',
      /approvals.poeple: unknown key. Did you mean "people"\? Known here: required, people, groups, expire.$/,
    ],
    [
      'an unknown group',
      '{ required: 1, groups: [oncall] }',
      groups,
      /approvals.groups\[0\]: there is no group "oncall". Did you mean "on-call"\? Groups: on-call, leads.$/,
    ],
    [
      'a group where there are none',
      '{ required: 1, groups: [leads] }',
      '',
      /there is no group "leads". The file has no groups.$/,
    ],
    [
      'more approvals than people',
      '{ required: 3, groups: [on-call] }',
      groups,
      /approvals.required: 3 must approve, but people and groups name 2. Name more, or remove both to let anybody approve.$/,
    ],
    [
      'the same person in two ways',
      '{ required: 2, people: [Ada <ada@x>, ADA@x] }',
      '',
      /2 must approve, but people and groups name 1/,
    ],
    ['nobody', '{ required: 1, people: [] }', '', /1 must approve, but people and groups name 0/],
    [
      'an empty group',
      '{ required: 1, groups: [none] }',
      'groups: { none: [] }\n',
      /groups.none: expected a list of one person or more, for example \[ada@example.com\], got an empty list$/,
    ],
    [
      'a person without a name',
      '{ required: 1, people: ["\\u200b"] }',
      '',
      /approvals.people\[0\]: expected a person as they name themselves in messages/,
    ],
    [
      'a group of another kind',
      '1',
      'groups: [ada]\n',
      /groups: expected a mapping of group names to lists of people, got a list$/,
    ],
    [
      'a time out of bounds',
      '{ required: 1, expire: 5s }',
      '',
      /approvals.expire: expected a time from 1m to 720h/,
    ],
  ])('%s', (_what, written, top, message) => {
    const found = mistakes(written, top);
    expect(found.join('\n')).toMatch(message);
  });
});
