import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  parseBlueGreenDeploymentRequest,
  parseCanaryDeploymentRequest,
} from '../../src/domain/strategy-requests.ts';

const good = { service: 'shop', environment: 'dev', version: '4.1.0' };
const parsed = { ...good, force: false, dryRun: false };

describe('the input of a canary deployment', () => {
  test('needs no more than a standard deployment', () => {
    expect(parseCanaryDeploymentRequest({ ...good, strategy: 'canary' })).toEqual({
      ok: true,
      request: parsed,
    });
  });

  test('takes steps with bakes as times or seconds, and knows their defaults', () => {
    const steps = [
      { weight: 5, bake: '1h30m', gate: true },
      { weight: 50, bake: 45 },
      { weight: 75 },
      { weight: 100 },
    ];
    expect(parseCanaryDeploymentRequest({ ...good, dryRun: true, steps })).toEqual({
      ok: true,
      request: {
        ...parsed,
        dryRun: true,
        steps: [
          { weight: 5, bakeSeconds: 5_400, gate: true },
          { weight: 50, bakeSeconds: 45, gate: false },
          { weight: 75, bakeSeconds: 900, gate: false },
          { weight: 100, bakeSeconds: 300, gate: false },
        ],
      },
    });
  });

  test.each<[string, unknown, readonly string[]]>([
    ['no steps', [], ['"steps" must be a list of 1 to 20 objects, got []']],
    ['a text', '10,100', ['"steps" must be a list of 1 to 20 objects, got "10,100"']],
    ['bare numbers', [10, 100], [10, 100].map((n, i) => `"steps[${i}]" must be one JSON object, got ${n}`)],
    [
      'a misspelt field and no weight',
      [{ wieght: 10 }],
      [
        'unknown field "steps[0].wieght"; the fields are weight, bake, gate',
        '"steps[0].weight" is missing; for example "weight": 10',
      ],
    ],
    [
      'a weight of 0 and one in quotes',
      [{ weight: 0 }, { weight: '100' }],
      [
        '"steps[0].weight" must be a whole number from 1 to 100, got 0',
        '"steps[1].weight" must be a whole number from 1 to 100, got "100"',
      ],
    ],
    [
      'an unreadable and an endless bake',
      [
        { weight: 10, bake: '15 min' },
        { weight: 100, bake: '25h' },
      ],
      ['"15 min"', '"25h"'].map(
        (got, i) =>
          `"steps[${i}].bake" must be a time such as "15m" or "1h30m", or a whole number of seconds, of at most 24 hours, got ${got}`,
      ),
    ],
    ['a gate in words', [{ weight: 100, gate: 'yes' }], ['"steps[0].gate" must be true or false, got "yes"']],
    [
      'a weight that falls',
      [{ weight: 30 }, { weight: 10 }, { weight: 100 }],
      ['"steps" must have rising weights: 10 does not follow 30'],
    ],
    [
      'an end below 100',
      [{ weight: 10 }, { weight: 50 }],
      ['"steps" must end with weight 100, and it ends with 50'],
    ],
  ])('refuses %s', (_what, steps, problems) => {
    expect(parseCanaryDeploymentRequest({ ...good, steps })).toEqual({ ok: false, problems });
  });

  test('is not the input of another strategy', () => {
    expect(parseCanaryDeploymentRequest({ ...good, strategy: 'blueGreen' })).toEqual({
      ok: false,
      problems: ['"strategy" must be "canary" for this workflow type, got "blueGreen"'],
    });
  });

  test('never throws, and whatever it lets through rises to 100', () => {
    const steps = fc.array(
      fc.record({
        weight: fc.oneof(fc.integer({ min: -1, max: 101 }), fc.anything()),
        bake: fc.oneof(fc.constantFrom('15m', '1h', '0s', 30), fc.anything()),
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), steps), (written) => {
        const result = parseCanaryDeploymentRequest({ ...good, steps: written });
        if (!result.ok) return result.problems.length > 0;
        const weights = result.request.steps?.map(({ weight }) => weight) ?? [100];
        const rising = [...new Set(weights)].sort((a, b) => a - b);
        expect(weights).toEqual(rising);
        return weights.at(-1) === 100 && (weights[0] ?? 0) > 0;
      }),
    );
  });
});

describe('the input of a blue/green deployment', () => {
  test('takes what may differ from the service’s own', () => {
    const input = { ...good, strategy: 'blueGreen', gate: true, monitor: '5m', keep: 60, dryRun: true };
    expect(parseBlueGreenDeploymentRequest(input)).toEqual({
      ok: true,
      request: { ...parsed, gate: true, monitorSeconds: 300, keepSeconds: 60, dryRun: true },
    });
  });

  test.each<[string, object, readonly string[]]>([
    [
      'steps',
      { steps: [] },
      [
        'unknown field "steps"; the fields are service, environment, version, requestedBy, force, update, dryRun, whenHeld, gate, monitor, keep, strategy',
      ],
    ],
    [
      'a keep shorter than kube-proxy needs',
      { keep: '10s' },
      ['"keep" must be at least 30 s: kube-proxy may need so long, got 10'],
    ],
  ])('refuses %s', (_what, more, problems) => {
    expect(parseBlueGreenDeploymentRequest({ ...good, ...more })).toEqual({ ok: false, problems });
  });
});
