import { expect, test } from '@jest/globals';
import { capacityNotes } from '../../src/domain/capacity.ts';
import { planText } from '../../src/domain/plan-text.ts';
import { planStandardDeployment } from '../../src/domain/standard-plan.ts';
import { anObservation, aTarget } from '../support/a-target.ts';
import { request } from './track-plans.ts';

test('a standard deployment of a Deployment that recreates its pods is refused, and forced it says what it costs', () => {
  const recreates = anObservation({ recreates: true });
  expect(planStandardDeployment(aTarget(), request, recreates)).toMatchObject({
    decision: 'refuse',
    rule: 'recreates-pods',
    remedy: expect.stringMatching(/"blueGreen" or "canary".*"force": true/),
  });
  const forced = planStandardDeployment(aTarget(), { ...request, force: true }, recreates);
  if (forced.decision !== 'go') throw new Error('refused');
  expect(planText(forced.plan)).toContain('Nothing serves for a while');
});

test('a plan says how few pods serve where the rolling update takes some away first', () => {
  const decision = planStandardDeployment(aTarget(), request, anObservation({ replicas: 8, unavailable: 2 }));
  if (decision.decision !== 'go') throw new Error('refused');
  expect(planText(decision.plan)).toContain(
    '- As few as 6 of 8 pods serve meanwhile: shop-server has maxUnavailable 2 (rounded to pods).',
  );
  expect(capacityNotes(anObservation().deployment)).toEqual([]);
});
