/** The runbook's blue/green: green is made and tested beside blue, then all traffic moves in one patch. */
import { sleep } from '@temporalio/workflow';
import { planBlueGreen, type BlueGreenPlan } from '../domain/blue-green-plan.ts';
import { selectorPinnedTo, type Selector } from '../domain/service-selector.ts';
import { planText } from '../domain/plan-text.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import {
  parseBlueGreenDeploymentRequest,
  type BlueGreenDeploymentRequest,
} from '../domain/strategy-requests.ts';
import { versionOf } from '../domain/version-of.ts';
import { freeAutoscaler, holdAutoscaler, type Underway } from './autoscaler.ts';
import { backUp } from './back-up.ts';
import { bake } from './bake.ts';
import { registerReturnToBlue } from './blue-green-return.ts';
import type { Stage } from './conduct.ts';
import { deployAlone } from './deploy-alone.ts';
import { accept } from './failure.ts';
import { preFlight } from './pre-flight.ts';
import { stepKey } from './progress.ts';
import { keepGreen, removeTrack } from './remove-track.ts';
import { rollOut } from './roll-out.ts';
import { proveEndpoints, switchTo } from './service-switch.ts';
import { apply } from './standard-update.ts';
import type { Strategy } from './strategy.ts';
import { testGreen } from './test-green.ts';
import { verify } from './verify.ts';
import { throughWindow } from './window-gate.ts';

export const blueGreen: Strategy<BlueGreenDeploymentRequest, BlueGreenPlan> = {
  name: 'blueGreen',
  steps: [
    'Deploy green',
    'Test green',
    'Switch traffic',
    'Watch green',
    'Take over',
    'Remove green',
    'Verify',
  ],
  plan: (request, stage) =>
    preFlight(stage, request.version, 'blueGreen', (observed) =>
      planBlueGreen(stage.target, request, observed),
    ),
  words: planText,
  run,
};

export async function blueGreenDeployment(input: unknown): Promise<ReleaseStatus> {
  return deployAlone(blueGreen, accept(parseBlueGreenDeploymentRequest(input)), input);
}

async function run(stage: Stage, made: BlueGreenPlan): Promise<void> {
  const { progress, cluster, control } = stage;
  await backUp(stage);
  const underway = { plan: made };
  registerReturnToBlue(stage, underway);
  const pinnedToGreen = await deployGreen(stage, underway);
  const { plan } = underway;
  await control.proceed();
  await progress.step('Test green', () => testGreen(stage, plan), {
    lasting: true,
    next: plan.gate ? 'a person opens the gate' : 'all traffic moves to green',
    done: (words) => words,
  });
  if (plan.gate) {
    await progress.step(
      'Gate before the switch',
      () => control.gate(stage, { subject: 'the switch to green' }),
      { lasting: true, done: (words) => words },
    );
  }
  await throughWindow(stage, 'the switch to green');
  await progress.step('Switch traffic', () => switchToGreen(stage, plan, pinnedToGreen), {
    next: `watch green for ${plan.monitorSeconds} s; blue stays and is one patch away`,
    done: (words) => words,
  });
  await bake(stage, {
    name: 'Watch green',
    seconds: plan.monitorSeconds,
    analysis: plan.analysis,
    candidate: plan.track.deployment,
    image: plan.to,
  });
  await throughWindow(stage, 'the take-over');
  control.runThrough();
  await progress.step('Take over', () => takeOver(stage, plan, pinnedToGreen), {
    lasting: true,
    next: 'green stays until every node knows where the traffic goes',
    done: (words) => words,
  });
  await progress.step('Remove green', () => removeGreen(stage, plan), {
    next: 'verification',
    done: (words) => words,
  });
  await progress.step('Verify', () => verify(stage, cluster, plan.to), {
    next: 'done when every required check passes, else rolled back',
    done: (report) => report.summary,
  });
}

/** The Service is pinned to blue first: green must get no traffic before it is tested. Answers green's selector. */
async function deployGreen(stage: Stage, underway: Underway<BlueGreenPlan>): Promise<Selector> {
  const { target, cluster, progress } = stage;
  const { plan } = underway;
  return progress.step(
    'Deploy green',
    async () => {
      const replicas = await holdAutoscaler(stage, cluster, plan);
      underway.plan = { ...plan, replicas };
      await switchTo(stage, cluster, {
        from: plan.selectors.recorded,
        to: plan.selectors.blue,
        name: 'blue',
        hold: target.service.deployment,
      });
      const { templateHash } = await cluster.tracks.createTrack.executeWithOptions(
        { summary: `Make ${plan.track.deployment} with ${versionOf(plan.to)}, without traffic` },
        [{ target, track: 'green', image: plan.to, replicas, key: stepKey('green') }],
      );
      await rollOut(stage, cluster, plan.to, { deployment: plan.track.deployment });
      return selectorPinnedTo(plan.selectors.recorded, templateHash);
    },
    {
      next: 'tests against green',
      done: () => `${underway.plan.replicas} pods of ${versionOf(plan.to)}, without traffic`,
    },
  );
}

async function switchToGreen(stage: Stage, plan: BlueGreenPlan, green: Selector): Promise<string> {
  await switchTo(stage, stage.cluster, {
    ...{ from: plan.selectors.blue, to: green, name: 'green', hold: plan.track.deployment },
    letGo: stage.target.service.deployment,
  });
  return proveEndpoints(stage, stage.cluster, [{ deployment: plan.track.deployment, ready: plan.replicas }]);
}

/** "Rename green": the target's own Deployment comes to the new version while green serves, then takes over. */
async function takeOver(stage: Stage, plan: BlueGreenPlan, green: Selector): Promise<string> {
  const { target, cluster } = stage;
  // Every node's proxy must know the switch before blue's pods go.
  await sleep(plan.keepSeconds * 1_000, { summary: `Blue stays ${plan.keepSeconds} s after the switch` });
  await apply(plan, stage);
  await rollOut(stage, cluster, plan.to, { planned: plan.replicas });
  await switchTo(stage, cluster, { from: green, to: plan.selectors.recorded, name: 'its own selector' });
  const words = await proveEndpoints(stage, cluster, [
    { deployment: target.service.deployment },
    { deployment: plan.track.deployment, ready: plan.replicas },
  ]);
  await keepGreen(plan);
  return words;
}

async function removeGreen(stage: Stage, plan: BlueGreenPlan): Promise<string> {
  const { target, cluster } = stage;
  await removeTrack(stage, cluster, plan.track);
  const words = await proveEndpoints(stage, cluster, [{ deployment: target.service.deployment }]);
  await freeAutoscaler(stage, cluster, plan);
  return words;
}
