import { describe, expect, test } from '@jest/globals';
import { planBlueGreen } from '../../src/domain/blue-green-plan.ts';
import { planCanary } from '../../src/domain/canary-plan.ts';
import { planStandardDeployment } from '../../src/domain/standard-plan.ts';
import { aTarget } from '../support/a-target.ts';
import { observed, request } from './track-plans.ts';

const again = { ...request, version: '4.0.0' };
const strategies = [
  ['standard', planStandardDeployment],
  ['canary', planCanary],
  ['blue/green', planBlueGreen],
] as const;

describe.each(strategies)('%s of the version that runs', (_name, plan) => {
  test('is refused when a person asks for it, with the remedy', () => {
    expect(plan(aTarget(), again, observed(3))).toMatchObject({
      decision: 'refuse',
      rule: 'same-version',
      remedy: expect.stringContaining('"force": true'),
    });
  });

  test('is nothing to do when a schedule does', () => {
    expect(plan(aTarget(), { ...again, unattended: true }, observed(3))).toEqual({
      decision: 'unchanged',
      reason: 'Shop in dev already runs example/shop:4.0.0',
    });
  });

  test('is done when it is forced, whoever asks', () => {
    expect(plan(aTarget(), { ...again, unattended: true, force: true }, observed(3)).decision).toBe('go');
  });
});

test('a schedule does not pass over anything else', () => {
  const zero = { ...request, unattended: true } as const;
  expect(planStandardDeployment(aTarget(), zero, observed(0))).toMatchObject({ rule: 'scaled-to-zero' });
});
