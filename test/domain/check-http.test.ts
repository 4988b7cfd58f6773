import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeAnswer, judgeHttp } from '../../src/domain/check-http.ts';
import type { HttpObservation } from '../../src/domain/check-observation.ts';
import type { HttpCheck } from '../../src/domain/check.ts';

const spec: HttpCheck = {
  kind: 'http',
  name: 'health endpoint',
  severity: 'required',
  port: 8000,
  path: '/health',
  method: 'GET',
  expectStatus: [200],
  expectJson: { status: 'healthy' },
  whenUnsupported: 'fail',
  timeoutSeconds: 5,
};

function answer(status: number, body: string, pod = 'pod-a', truncated = false): HttpObservation {
  return { kind: 'answer', pod, status, body, truncated };
}

const refused: HttpObservation = {
  kind: 'unreachable',
  pod: 'pod-b',
  detail: 'connection refused on port 8000',
};
const help = { kind: 'answer', pod: 'pod-a', status: 200, body: '# HELP x', truncated: false } as const;
const good = answer(200, '{"status":"healthy"}');

describe('one answer', () => {
  test.each([
    ['the expected value', {}, good, 'pass'],
    ['more fields than asked for', {}, answer(200, '{"status":"healthy","db":"up"}'), 'pass'],
    ['a word that contains the expected one', {}, answer(200, '{"status":"unhealthy"}'), 'mismatch'],
    ['the word in another field', {}, answer(200, '{"status":"down","was":"healthy"}'), 'mismatch'],
    ['the word as a key', {}, answer(200, '{"healthy":false}'), 'mismatch'],
    ['another case', {}, answer(200, '{"status":"Healthy"}'), 'mismatch'],
    ['the bare word', {}, answer(200, 'healthy'), 'mismatch'],
    ['the bare word as JSON', {}, answer(200, '"healthy"'), 'mismatch'],
    ['a list', {}, answer(200, '["healthy"]'), 'mismatch'],
    ['an empty body', {}, answer(200, ''), 'mismatch'],
    ['a good body with a bad status', {}, answer(503, '{"status":"healthy"}'), 'mismatch'],
    ['a redirect', {}, answer(302, ''), 'mismatch'],
    ['no such endpoint', {}, answer(404, '{"detail":"Not Found"}'), 'unsupported'],
    ['a 404 that is expected', { expectStatus: [404], expectJson: {} }, answer(404, ''), 'pass'],
    ['ready: false', { expectJson: { ready: true } }, answer(200, '{"ready": false}'), 'mismatch'],
    ['ready: true', { expectJson: { ready: true } }, answer(200, '{"ready": true}'), 'pass'],
    ['"true" for true', { expectJson: { ready: true } }, answer(200, '{"ready": "true"}'), 'mismatch'],
    ['disconnected', { expectJson: { db: 'connected' } }, answer(200, '{"db":"disconnected"}'), 'mismatch'],
    ['a nested value', { expectJson: { 'db.state': 'up' } }, answer(200, '{"db":{"state":"up"}}'), 'pass'],
    ['null where null is expected', { expectJson: { error: null } }, answer(200, '{"error":null}'), 'pass'],
    ['nothing where null is expected', { expectJson: { error: null } }, answer(200, '{}'), 'mismatch'],
    ['one of two fields wrong', { expectJson: { a: 1, b: 2 } }, answer(200, '{"a":1,"b":3}'), 'mismatch'],
    ['a body that matches', { expectJson: {}, expectBody: '^# HELP' }, { ...help, matches: true }, 'pass'],
    [
      'a body that does not match',
      { expectJson: {}, expectBody: '^# HELP' },
      { ...help, matches: false },
      'mismatch',
    ],
    ['JSON over the limit', {}, answer(200, '{"status":"healthy"', 'pod-a', true), 'mismatch'],
    [
      'a text over the limit',
      { expectJson: {}, expectBody: '# HELP' },
      { ...help, truncated: true, matches: true },
      'pass',
    ],
    ['no answer', {}, refused, 'unreachable'],
  ] as const)('%s is judged by value and status', (_what, change, seen, outcome) => {
    expect(judgeAnswer({ ...spec, ...change }, seen).outcome).toBe(outcome);
  });
});

describe('all pods', () => {
  const bad = answer(200, '{"status":"unhealthy"}', 'pod-c');
  const missing = answer(404, 'Not Found', 'pod-d');

  test.each([
    ['all good', [good, good], { verdict: 'pass' }],
    ['the last of three bad', [good, good, bad], { verdict: 'fail', reason: 'mismatch' }],
    ['one without an answer', [good, refused], { verdict: 'fail', reason: 'unreachable' }],
    ['one bad, one without the endpoint', [missing, bad], { verdict: 'fail', reason: 'mismatch' }],
    ['one without the endpoint', [good, missing], { verdict: 'fail', reason: 'unsupported' }],
    ['no pods', [], { verdict: 'inconclusive', reason: 'noPods' }],
  ] as const)('%s', (_what, seen, expected) => {
    expect(judgeHttp(spec, seen)).toMatchObject(expected);
  });

  test.each([
    ['fail', { verdict: 'fail', severity: 'required' }],
    ['inconclusive', { verdict: 'inconclusive', severity: 'required' }],
    ['warn', { verdict: 'inconclusive', severity: 'advisory' }],
  ] as const)('a missing endpoint means what is configured: %s', (whenUnsupported, expected) => {
    expect(judgeHttp({ ...spec, whenUnsupported }, [missing])).toMatchObject({
      reason: 'unsupported',
      ...expected,
    });
  });

  test('"disconnected" fails where a missing endpoint would only warn', () => {
    const lenient = { ...spec, expectJson: { status: 'connected' }, whenUnsupported: 'warn' as const };
    expect(judgeHttp(lenient, [answer(200, '{"status":"disconnected"}')])).toMatchObject({
      verdict: 'fail',
      severity: 'required',
      reason: 'mismatch',
    });
  });

  test('the failing pods come first in at most ten facts', () => {
    const many = Array.from({ length: 20 }, (_unused, index) =>
      answer(200, '{"status":"healthy"}', `pod-${index}`),
    );
    const { evidence, summary } = judgeHttp(spec, [...many, bad]);
    expect(evidence).toHaveLength(10);
    expect(evidence[0]).toEqual({
      subject: 'pod-c',
      detail: '200 {"status":"unhealthy"}: status is "unhealthy", expected "healthy"',
    });
    expect(summary).toMatch(/^20\/21 pods gave the expected answer; pod-c: 200/);
  });

  test('secrets in an answer stay out of the result', () => {
    const leaky = answer(500, '{"error":"postgres://app:s3cret@db/app","token":"abcdef"}');
    expect(JSON.stringify(judgeHttp(spec, [leaky]))).not.toMatch(/s3cret|abcdef/);
  });
});

describe('properties', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  const around = fc.tuple(fc.string(), fc.string()).filter(([before, after]) => before + after !== '');

  test('a body which merely contains the expected word never passes', () => {
    fc.assert(
      fc.property(word, around, (expected, [before, after]) => {
        const check = { ...spec, expectJson: { status: expected } };
        const value = before + expected + after;
        const bodies = [
          JSON.stringify({ status: value }),
          JSON.stringify({ status: value, other: expected }),
          JSON.stringify({ [expected]: expected, nested: { status: expected } }),
          JSON.stringify([{ status: expected }]),
          JSON.stringify({ status: [expected] }),
          JSON.stringify({ status: { status: expected } }),
          `status: ${expected}`,
          value,
        ].filter((_body, index) => !(index === 2 && expected === 'status'));
        for (const body of bodies) expect(judgeAnswer(check, answer(200, body)).outcome).toBe('mismatch');
      }),
    );
  });

  test('no status but the expected ones passes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), (status) => {
        expect(judgeAnswer(spec, answer(status, '{"status":"healthy"}')).outcome === 'pass').toBe(
          status === 200,
        );
      }),
    );
  });

  test('one pod without the expected answer is enough to keep all from passing', () => {
    const other = fc.constantFrom(refused, answer(200, '{}'), answer(404, ''), answer(500, ''));
    const place = fc.nat({ max: 20 });
    fc.assert(
      fc.property(fc.nat({ max: 20 }), other, place, (count, one, at) => {
        const seen: HttpObservation[] = Array.from({ length: count }, () => good);
        seen.splice(at, 0, one);
        expect(judgeHttp({ ...spec, whenUnsupported: 'warn' }, seen).verdict).not.toBe('pass');
      }),
    );
  });
});
