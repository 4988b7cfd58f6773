import { describe, expect, test } from '@jest/globals';
import { judgeAttest } from '../../src/domain/checklist-attest.ts';
import { namesVersion } from '../../src/domain/checklist-changelog.ts';
import { judgeChecks, type CommitCheck } from '../../src/domain/checklist-checks.ts';
import { isMajor, needOf } from '../../src/domain/checklist-need.ts';
import {
  checklistFindings,
  onCallWords,
  checklistSummary,
  newestSightings,
  stillMissing,
  type ChecklistFacts,
} from '../../src/domain/checklist-state.ts';
import { checklistAskedText, checklistNext, checklistSection } from '../../src/domain/checklist-text.ts';
import type {
  Attestation,
  ChecklistFinding,
  ChecklistItem,
  ChecklistProof,
  ChecklistSighting,
} from '../../src/domain/checklist.ts';

describe('a release is a major one', () => {
  test.each([
    ['4.1.0', '4.0.0', false],
    ['v4.1.0', '4.0.9', false],
    ['4.1.0-rc.1', '4.1.0', false],
    ['5.0.0', '4.9.9', true],
    ['5.0.0-rc.1', '4.9.9', true],
    // Back to an older line is as far as forward.
    ['4.9.9', '5.0.0', true],
    ['10.0.0', '1.0.0', true],
    ['0.5.0', '0.4.0', false],
    // Where nobody can tell, more is asked for, never less.
    ['4.1.0', undefined, true],
    ['nightly', 'nightly', true],
    ['4.1.0', 'nightly', true],
    ['nightly', '4.1.0', true],
    ['20260203', '20260202', true],
    ['4.1.0', 'example/shop@sha256:abc', true],
  ])('%s after %s: %s', (version, from, expected) => {
    expect(isMajor(version, from)).toBe(expected);
  });
});

test.each([
  ['required', '4.1.0', { need: 'required' }],
  ['optional', '5.0.0', { need: 'optional' }],
  ['requiredForMajor', '5.0.0', { need: 'required' }],
  [
    'requiredForMajor',
    '4.1.0',
    { need: 'notNeeded', because: 'for major releases only, and v4.0.0 → v4.1.0 is none' },
  ],
] as const)('an item that is %s, for %s after 4.0.0, is %j', (need, version, expected) => {
  expect(needOf({ need }, version, '4.0.0')).toEqual(expected);
});

describe('a changelog names 4.1.0', () => {
  test.each([
    ['## [4.1.0] - 2026-02-03', true],
    ['## v4.1.0 (2026-02-03)', true],
    ['Version 4.1.0.', true],
    ['4.1.0\n=====', true],
    ['* 4.1.0: faster', true],
    ['', false],
    ['## [Unreleased]', false],
    ['14.1.0', false],
    ['4.1.01', false],
    ['4.1.0.1', false],
    ['4.1.0-rc.1', false],
    ['4.1.0+build.7', false],
    ['4x1x0', false],
    ['1.4.1.0', false],
    ['shop-4.1.0', false],
    ['[Unreleased]: https://example.com/compare/v4.1.0...HEAD', false],
  ])('in %j: %s', (text, expected) => {
    expect(namesVersion(text, '4.1.0')).toBe(expected);
  });
});

const check = (name: string, state: CommitCheck['state'] = 'passed', said = 'success'): CommitCheck => ({
  name,
  state,
  said,
  link: `https://ci.example.com/${name}`,
});

describe('checks of a commit', () => {
  const matches = (pattern: string, name: string) => new RegExp(pattern, 'i').test(name);
  const scan = { by: 'checks', matching: 'scan|codeql' } as const;
  test.each<[string, readonly CommitCheck[], { names?: string[]; matching?: string }, object]>([
    ['nothing at all', [], {}, { state: 'missing', detail: 'checks of v4.1.0: v4.1.0 has no checks' }],
    [
      'only skipped ones',
      [check('a', 'skipped', 'skipped'), check('b', 'skipped', 'skipped')],
      {},
      { state: 'missing', detail: 'checks of v4.1.0: all 2 were skipped, so nothing was checked' },
    ],
    [
      'more than can be told one by one',
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => check(name, 'failed', 'failure')),
      {},
      {
        state: 'missing',
        detail:
          'checks of v4.1.0: failed: a (failure), b (failure), c (failure), d (failure), e (failure) and 2 more',
        link: 'https://ci.example.com/a',
      },
    ],
    [
      'everything that can be in the way',
      [check('a', 'failed', 'timed_out'), check('b', 'pending', 'queued')],
      { names: ['a', 'b', 'c'] },
      {
        state: 'missing',
        detail: 'checks of v4.1.0: failed: a (timed_out); not finished: b; not there: c',
      },
    ],
    [
      'a failure that is not meant',
      [check('a'), check('b', 'failed', 'failure')],
      { names: ['a'] },
      { state: 'done', detail: '1 of 1 checks of v4.1.0 passed', link: 'https://ci.example.com/a' },
    ],
    [
      'names and a pattern',
      [check('a'), check('CodeQL', 'failed', 'failure')],
      { names: ['a'], matching: scan.matching },
      { state: 'missing', detail: 'checks of v4.1.0: failed: CodeQL (failure)' },
    ],
    [
      'a scan',
      [check('build', 'failed', 'failure'), check('Container SCAN'), check('CodeQL')],
      { matching: scan.matching },
      { state: 'done', detail: '2 of 2 checks of v4.1.0 passed' },
    ],
    [
      'no scan: then a person says whether there was one',
      [check('build')],
      { matching: scan.matching },
      {
        state: 'unknown',
        detail: 'no check of v4.1.0 has a name like scan|codeql (it has: build)',
      },
    ],
  ])('%s', (_what, checks, proof, expected) => {
    expect(judgeChecks(checks, { by: 'checks', ...proof }, { tag: 'v4.1.0', matches })).toMatchObject(
      expected,
    );
  });
});

const person: ChecklistProof = { by: 'person' };
const notes: ChecklistProof = { by: 'releaseNotes' };

function item(name: string, proof: ChecklistProof, need: ChecklistItem['need'] = 'required'): ChecklistItem {
  return { name, title: `Title of ${name}`, need, proof };
}

function sighting(
  name: string,
  state: ChecklistSighting['state'],
  detail: string = state,
): ChecklistSighting {
  return { name, state, detail };
}

const word: Attestation = {
  item: 'a',
  by: 'ana@example.com',
  at: '2026-02-03T10:00:00.000Z',
  link: 'https://x.example',
};

function finding(item: ChecklistItem, facts: Partial<ChecklistFacts> = {}): ChecklistFinding {
  const all = { version: '4.1.0', from: '4.0.0', sightings: [], attestations: [], ...facts };
  return checklistFindings({ ...all, items: [item] })[0]!;
}

test('who is on call is what the on-call system told, and no person’s word', () => {
  const items = [item('notes', notes), item('engineer', { by: 'onCall', schedule: 'P1' })];
  const told = { ...sighting('engineer', 'done'), detail: 'on call: Ada' };
  const words = (facts: Partial<ChecklistFacts>) =>
    onCallWords(
      items,
      items.map((each) => finding(each, facts)),
    );
  expect(words({ sightings: [sighting('notes', 'done'), told] })).toBe('on call: Ada');
  expect(words({ sightings: [sighting('engineer', 'missing')] })).toBeUndefined();
  const attestations = [{ ...word, item: 'engineer' }];
  expect(words({ sightings: [sighting('engineer', 'unknown')], attestations })).toBeUndefined();
});

describe('an item', () => {
  const attestedDetail = 'attested by ana@example.com at 2026-02-03 10:00 UTC';
  test.each<[string, ChecklistItem, Partial<ChecklistFacts>, object]>([
    [
      'that a person proves, before',
      item('a', person),
      {},
      { state: 'missing', attestable: true, required: true },
    ],
    [
      'that a person proves, after',
      item('a', person),
      { attestations: [word] },
      { state: 'done', by: 'ana@example.com', link: 'https://x.example', detail: attestedDetail },
    ],
    [
      'that a system proved',
      item('a', notes),
      { sightings: [sighting('a', 'done')] },
      { state: 'done', attestable: false },
    ],
    [
      'that a system says is not done',
      item('a', notes),
      { sightings: [sighting('a', 'missing')] },
      { state: 'missing', attestable: false },
    ],
    [
      'that a system says is not done, whatever a person said while it was away',
      item('a', notes),
      { sightings: [sighting('a', 'missing')], attestations: [word] },
      { state: 'missing', attestable: false },
    ],
    [
      'that is attestable against its system',
      item('a', { ...notes, attestable: true }),
      { sightings: [sighting('a', 'missing', 'no notes')] },
      { state: 'missing', attestable: true },
    ],
    [
      'that was attested against its system',
      item('a', { ...notes, attestable: true }),
      { sightings: [sighting('a', 'missing', 'no notes')], attestations: [word] },
      { state: 'done', detail: `${attestedDetail}; the system said: no notes` },
    ],
    [
      'whose system is away',
      item('a', notes),
      { sightings: [sighting('a', 'unknown')] },
      { state: 'unknown', attestable: true },
    ],
    [
      'whose system is away, attested',
      item('a', notes),
      { sightings: [sighting('a', 'unknown', 'no answer')], attestations: [word] },
      { state: 'done', by: 'ana@example.com', detail: `${attestedDetail}; the system said: no answer` },
    ],
    ['that nobody has looked at', item('a', notes), {}, { state: 'unknown', attestable: true }],
    [
      'that is optional',
      item('a', person, 'optional'),
      {},
      { state: 'missing', required: false, attestable: true },
    ],
    [
      'for major releases',
      item('a', person, 'requiredForMajor'),
      {},
      { state: 'notNeeded', attestable: false },
    ],
    [
      'for major releases, in one',
      item('a', person, 'requiredForMajor'),
      { version: '5.0.0' },
      { state: 'missing', required: true },
    ],
  ])('%s', (_what, one, facts, expected) => {
    expect(finding(one, facts)).toMatchObject(expected);
  });
});

test('only required items hold a release up', () => {
  const findings = checklistFindings({
    items: [
      item('a', person),
      item('b', person, 'optional'),
      item('c', person, 'requiredForMajor'),
      item('d', notes),
      item('e', notes),
    ],
    version: '4.1.0',
    from: '4.0.0',
    sightings: [sighting('d', 'done'), sighting('e', 'unknown')],
    attestations: [],
  });
  expect(stillMissing(findings).map(({ name }) => name)).toEqual(['a', 'e']);
  expect(checklistSummary(findings)).toBe('1 of 5 done, 1 not needed, 2 missing, 1 unknown');
});

test.each<[ChecklistSighting['state'], ChecklistSighting['state'], ChecklistSighting['state']]>([
  ['missing', 'done', 'done'],
  ['done', 'missing', 'missing'],
  ['unknown', 'done', 'done'],
  ['missing', 'unknown', 'unknown'],
  ['done', 'unknown', 'done'],
])('what was %s and is %s now is %s: a system that went away unsays nothing', (before, now, expected) => {
  const after = newestSightings([sighting('a', before), sighting('b', 'done')], [sighting('a', now)]);
  expect(Object.fromEntries(after.map(({ name, state }) => [name, state]))).toEqual({
    a: expected,
    b: 'done',
  });
});

describe('an attest', () => {
  const findings = checklistFindings({
    items: [
      item('plan', person),
      item('notes', notes),
      item('checks', { by: 'checks' }),
      item('changelog', { by: 'changelog', path: 'C' }),
      item('loadTest', person, 'requiredForMajor'),
    ],
    version: '4.1.0',
    from: '4.0.0',
    sightings: [
      sighting('notes', 'done'),
      sighting('checks', 'missing', 'test failed'),
      sighting('changelog', 'unknown'),
    ],
    attestations: [],
  });
  const choice = 'What can be attested: plan, changelog.';
  test.each<[string, object, string | undefined]>([
    ['of a person’s item', { item: 'plan' }, undefined],
    ['of an item whose system is away', { item: 'changelog', link: 'https://x.example/1' }, undefined],
    [
      'of an item that there is not',
      { item: 'plans' },
      `the checklist has no item "plans". Its items: plan, notes, checks, changelog, loadTest. ${choice}`,
    ],
    ['of what is done', { item: 'notes' }, `"notes" is done already: done. ${choice}`],
    [
      'against a system that says no',
      { item: 'checks' },
      `"checks" is proved by another system, and that one says: test failed. A person's word does not replace it (unless fairway.yaml makes the item attestable). ${choice}`,
    ],
    [
      'of what is not needed',
      { item: 'loadTest' },
      `"loadTest" is not needed: for major releases only, and v4.0.0 → v4.1.0 is none. ${choice}`,
    ],
    [
      'with a password in its link',
      { item: 'plan', link: 'https://ana:secret@x.example/1' },
      '"link" holds a name or password before its host, and everybody could read it. Leave that out',
    ],
  ])('%s', (_what, message, problem) => {
    const decision = judgeAttest(message as { item: string }, findings);
    expect(decision).toEqual(
      problem === undefined ? { decision: 'accept' } : { decision: 'refuse', problem },
    );
  });
});

describe('in words', () => {
  const findings = checklistFindings({
    items: [
      item('plan', person),
      item('checks', { by: 'checks' }),
      item('changelog', { by: 'changelog', path: 'C' }),
    ],
    version: '4.1.0',
    from: '4.0.0',
    sightings: [
      {
        ...sighting('checks', 'missing', 'test failed'),
        remedy: 'Mend it',
        link: 'https://ci.example.com/1',
      },
      { ...sighting('changelog', 'unknown', 'no answer'), remedy: 'It is asked again by itself' },
    ],
    attestations: [],
  });
  const attest = (name: string) =>
    `temporal workflow signal -w shop-1 --name attest --input '{"by":"you@example.com","item":"${name}","link":"https://example.com/proof"}'`;
  const all =
    `1. Title of plan (plan): waits for a person's word. Attest it with: ${attest('plan')} ` +
    '2. Title of checks (checks): test failed. Mend it; it is looked at again by itself. ' +
    `3. Title of changelog (changelog): no answer. It is asked again by itself, or attest it with: ${attest('changelog')}`;

  test('everything that is missing is one message, with how to supply each', () => {
    expect(checklistNext(stillMissing(findings), 'shop-1')).toBe(
      `the release goes on when the checklist is complete. Missing: ${all}`,
    );
  });

  test('chat gets the same message, with its end', () => {
    const text = checklistAskedText(
      { displayName: 'Shop', version: '4.1.0' },
      stillMissing(findings),
      'shop-1',
      '2026-02-04T10:00:00.000Z',
    );
    expect(text).toBe(
      `[DEPLOYMENT] Shop v4.1.0 waits for its checklist until 2026-02-04 10:00 UTC. Missing: ${all}`,
    );
  });

  test('the details are a table in which each mark says how it stands', () => {
    const marks = checklistSection(findings)
      .split('\n')
      .slice(4)
      .map((line) => line.split('|')[1]?.trim());
    expect(marks).toEqual(['❌', '❌', '❔']);
  });
});
