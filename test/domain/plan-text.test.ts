import { expect, test } from '@jest/globals';
import { planBlueGreen } from '../../src/domain/blue-green-plan.ts';
import { planCanary } from '../../src/domain/canary-plan.ts';
import { planText } from '../../src/domain/plan-text.ts';
import { aTarget } from '../support/a-target.ts';
import { observed, request, surroundings } from './track-plans.ts';

const job = {
  kind: 'job' as const,
  name: 'checkout journey',
  image: 'example/journey:1',
  command: ['run'],
  baseUrlVariable: 'SHOP_BASE_URL',
  port: 8000,
  timeoutSeconds: 60,
};

test('a canary’s plan says every step with its pods, and what is promised', () => {
  const decision = planCanary(
    aTarget({
      service: {
        canary: {
          steps: [
            { weight: 10, bakeSeconds: 900, gate: true },
            { weight: 50, bakeSeconds: 90, gate: false },
            { weight: 100, bakeSeconds: 0, gate: false },
          ],
        },
      },
    }),
    request,
    observed(
      3,
      surroundings(3, {
        autoscalers: [{ kind: 'HorizontalPodAutoscaler', name: 'shop' }],
        disruptionBudget: { name: 'shop', maxUnavailable: 1 },
      }),
    ),
  );
  if (decision.decision !== 'go') throw new Error(decision.reason);
  expect(planText(decision.plan).split('\n')).toEqual([
    'Canary deployment of shop-server: example/shop:4.0.0 → example/shop:4.1.0',
    '1. 10 % (in pods: 33 %): 2 stable + 1 canary, watched 15 min, then a person promotes',
    '2. 50 % (in pods: 33 %): 2 stable + 1 canary, watched 1 min 30 s',
    '3. 100 %: 0 stable + 3 canary, not watched',
    '4. Finalise: shop-server to 4.1.0 by image, 3 pods ready, then shop-server-canary goes',
    '- 3 pods or more serve at every instant, also on the way back: new ones are ready before others go.',
    '- A failing canary leaves at once at 10 %, 50 %: the disruption budget asks for 2 of 3. At other weights shop-server is scaled up first.',
    '- Judged by what the pods show (health, restarts, error logs) only: no metrics are configured.',
    '- 10 % and 50 % are the same 1 of 3 pods.',
    '- HorizontalPodAutoscaler shop is held at 3 pods meanwhile, then restored as it was.',
  ]);
});

test('a blue/green plan says what the Service selects when', () => {
  const decision = planBlueGreen(
    aTarget({
      service: {
        blueGreen: { smokeTests: [job], gate: true, monitorSeconds: 300, keepSeconds: 30 },
        analysis: {
          prometheus: 'http://prometheus:9090',
          metrics: [
            {
              kind: 'ratio',
              name: 'errors',
              failed: 'f',
              total: 't',
              tolerance: 0.25,
              minimumEvents: 50,
              critical: true,
            },
          ],
          maxRestarts: 0,
          whenInconclusive: 'ask',
        },
      },
    }),
    request,
    observed(1),
  );
  if (decision.decision !== 'go') throw new Error(decision.reason);
  expect(planText(decision.plan).split('\n')).toEqual([
    'Blue/green deployment of shop-server: example/shop:4.0.0 → example/shop:4.1.0',
    '1. Pin Service shop-server to blue: app=shop,pod-template-hash=abc',
    '2. Start green: shop-server-green with 1 pod, outside the Service',
    '3. Test green: the HTTP checks, checkout journey',
    '4. Once a person promotes, switch the Service to green in one patch, watched 5 min; back to blue is one patch too',
    "5. Finalise: shop-server to 4.1.0 by image, 1 pod ready; blue's pods go no sooner than 30 s after the Service left them",
    '6. Restore the selector app=shop, then shop-server-green goes',
    "- Judged by errors against stable in the same window, and by the pods' health, restarts.",
  ]);
});
