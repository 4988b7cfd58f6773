import { expect, test } from '@jest/globals';
import { overridesProblem, parseReleaseRequest } from '../../src/domain/release-request.ts';

const good = { service: 'shop', environment: 'production', version: '4.1.0' };
const base = { ...good, force: false, dryRun: false };

test('a release says what and where; how is the environment’s own unless it says so', () => {
  expect(parseReleaseRequest({ ...good, version: 'v4.1.0' })).toEqual({
    ok: true,
    request: { ...base, canary: {}, blueGreen: {} },
  });
});

test('a release takes the overrides of the strategy that it names', () => {
  expect(
    parseReleaseRequest({ ...good, strategy: 'canary', steps: [{ weight: 100, bake: '1m' }] }),
  ).toMatchObject({ ok: true, request: { canary: { steps: [{ weight: 100, bakeSeconds: 60 }] } } });
  expect(parseReleaseRequest({ ...good, strategy: 'blueGreen', monitor: '5m', gate: true })).toMatchObject({
    ok: true,
    request: { blueGreen: { monitorSeconds: 300, gate: true } },
  });
});

test.each<[string, object, RegExp]>([
  ['steps for a standard release', { strategy: 'standard', steps: [{ weight: 100 }] }, /knows no "steps"/],
  [
    'a gate for a canary',
    { strategy: 'canary', gate: true },
    /"strategy" is "canary", which knows no "gate"/,
  ],
  ['an unknown strategy', { strategy: 'rolling' }, /"strategy" must be one of standard, canary, blueGreen/],
  ['a misspelt field', { stratgy: 'canary' }, /unknown field "stratgy"/],
])('%s is a mistake', (_what, change, problem) => {
  const parsed = parseReleaseRequest({ ...good, ...change });
  expect(parsed.ok ? '' : parsed.problems.join('; ')).toMatch(problem);
});

test('overrides are judged once the strategy is known, when the environment chooses it', () => {
  const parsed = parseReleaseRequest({ ...good, monitor: '5m' });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  expect(overridesProblem(parsed.request, 'blueGreen')).toBeUndefined();
  expect(overridesProblem(parsed.request, 'canary')).toBe('is "canary", which knows no "monitor"');
});
