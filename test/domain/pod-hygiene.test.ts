import { expect, test } from '@jest/globals';
import { planText } from '../../src/domain/plan-text.ts';
import { planStandardDeployment } from '../../src/domain/standard-plan.ts';
import { anObservation, aTarget } from '../support/a-target.ts';
import { request } from './track-plans.ts';

test('a plan says what the template lacks so that no request is lost', () => {
  const observed = anObservation({ lacks: ['readinessProbe', 'minReadySeconds'] });
  const decision = planStandardDeployment(aTarget(), request, observed);
  if (decision.decision !== 'go') throw new Error('refused');
  const [, , , ...facts] = planText(decision.plan).split('\n');
  expect(facts).toEqual([
    '- Whatever fails returns it to 4.0.0.',
    '- Pods of shop-server have no readiness probe: they get requests the moment they run, whether they answer or not.',
    '- Pods of shop-server have minReadySeconds 0: each counts as available as soon as it is ready, also one that crashes a second later.',
  ]);
});
