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
import { announce } from './announce.ts';
import { freeAutoscaler, holdAutoscaler } from './autoscaler.ts';
import { backUp } from './back-up.ts';
import { bake } from './bake.ts';
import { registerReturnToBlue } from './blue-green-return.ts';
import { conduct, type Stage } from './conduct.ts';
import { Control } from './control.ts';
import { accept } from './failure.ts';
import { preFlight } from './pre-flight.ts';
import { Progress, stepKey } from './progress.ts';
import { rollOut } from './roll-out.ts';
import { proveEndpoints, switchTo } from './service-switch.ts';
import { apply } from './standard-update.ts';
import { underTargetLock } from './target-lock.ts';
import { testGreen } from './test-green.ts';
import { updatedBy } from './updated-by.ts';
import { verify } from './verify.ts';

const steps = [
  ...['Pre-flight', 'Announce', 'Back up', 'Deploy green', 'Test green', 'Switch traffic', 'Watch green'],
  ...['Take over', 'Remove green', 'Verify'],
];

export async function blueGreenDeployment(input: unknown): Promise<ReleaseStatus> {
  const request = accept(parseBlueGreenDeploymentRequest(input));
  const { service, environment, version, requestedBy } = request;
  const progress = new Progress(
    {
      service,
      environment,
      version,
      strategy: 'blueGreen',
      ...(requestedBy === undefined ? {} : { requestedBy }),
    },
    steps,
  );
  return underTargetLock(request, input, progress, () =>
    conduct(request, progress, async (stage) => {
      await deploy(request, { ...stage, target: updatedBy(stage.target, request.update) });
    }),
  );
}

async function deploy(request: BlueGreenDeploymentRequest, stage: Stage): Promise<void> {
  const { progress, cluster } = stage;
  const control = new Control(progress);
  const first = await plan(request, stage);
  stage.progress.set({ plan: planText(first) });
  if (request.dryRun) return stage.progress.set({ dryRun: true });
  const waited = await announce(first, stage);
  const final = waited ? await plan(request, stage) : first;
  const green = final.track.deployment;
  await backUp(stage);
  registerReturnToBlue(stage, final);
  const pinnedToGreen = await deployGreen(stage, final);
  await control.proceed();
  await progress.step('Test green', () => testGreen(stage, final), {
    next: final.gate ? 'a person opens the gate' : 'all traffic moves to green',
    done: (words) => words,
  });
  if (final.gate) {
    await progress.step('Gate before the switch', () => control.gate(), {
      next: 'a person: send "promote" to switch, "abort" to go back',
      done: () => 'promoted',
    });
  }
  await control.proceed();
  await progress.step('Switch traffic', () => switchToGreen(stage, final, pinnedToGreen), {
    next: `watch green for ${final.monitorSeconds} s; blue stays and is one patch away`,
    done: (words) => words,
  });
  await bake(stage, {
    name: 'Watch green',
    seconds: final.monitorSeconds,
    analysis: final.analysis,
    candidate: green,
    control,
  });
  await control.proceed();
  await progress.step('Take over', () => takeOver(stage, final, pinnedToGreen), {
    next: 'green stays until every node knows where the traffic goes',
    done: (words) => words,
  });
  await progress.step('Remove green', () => removeGreen(stage, final), {
    next: 'verification',
    done: (words) => words,
  });
  await progress.step('Verify', () => verify(stage, cluster, final.to), {
    next: 'done when every required check passes, else rolled back',
    done: (report) => report.summary,
  });
}

function plan(request: BlueGreenDeploymentRequest, stage: Stage): Promise<BlueGreenPlan> {
  return preFlight(stage, request.version, 'blueGreen', (observed) =>
    planBlueGreen(stage.target, request, observed),
  );
}

/** The Service is pinned to blue first: green must get no traffic before it is tested. Answers green's selector. */
async function deployGreen(stage: Stage, plan: BlueGreenPlan): Promise<Selector> {
  const { target, cluster, progress } = stage;
  return progress.step(
    'Deploy green',
    async () => {
      await holdAutoscaler(stage, cluster, plan);
      await switchTo(stage, cluster, {
        from: plan.selectors.recorded,
        to: plan.selectors.blue,
        name: 'blue',
      });
      const { templateHash } = await cluster.tracks.createTrack.executeWithOptions(
        { summary: `Make ${plan.track.deployment} with ${versionOf(plan.to)}, without traffic` },
        [{ target, track: 'green', image: plan.to, replicas: plan.replicas, key: stepKey('green') }],
      );
      await rollOut(stage, cluster, plan.to, plan.track.deployment);
      return selectorPinnedTo(plan.selectors.recorded, templateHash);
    },
    {
      next: 'tests against green',
      done: () => `${plan.replicas} pods of ${versionOf(plan.to)}, without traffic`,
    },
  );
}

async function switchToGreen(stage: Stage, plan: BlueGreenPlan, green: Selector): Promise<string> {
  await switchTo(stage, stage.cluster, { from: plan.selectors.blue, to: green, name: 'green' });
  return proveEndpoints(stage, stage.cluster, [{ deployment: plan.track.deployment, ready: plan.replicas }]);
}

/** "Rename green": the target's own Deployment comes to the new version while green serves, then takes over. */
async function takeOver(stage: Stage, plan: BlueGreenPlan, green: Selector): Promise<string> {
  const { target, cluster } = stage;
  // Every node's proxy must know the switch before blue's pods go.
  await sleep(plan.keepSeconds * 1_000, { summary: `Blue stays ${plan.keepSeconds} s after the switch` });
  await apply(plan, stage);
  await rollOut(stage, cluster, plan.to);
  await switchTo(stage, cluster, { from: green, to: plan.selectors.recorded, name: 'its own selector' });
  return proveEndpoints(stage, cluster, [
    { deployment: target.service.deployment, ready: plan.replicas },
    { deployment: plan.track.deployment, ready: plan.replicas },
  ]);
}

async function removeGreen(stage: Stage, plan: BlueGreenPlan): Promise<string> {
  const { target, cluster } = stage;
  await cluster.tracks.deleteTrack.executeWithOptions({ summary: `Remove ${plan.track.deployment}` }, [
    { target, track: 'green' },
  ]);
  const words = await proveEndpoints(stage, cluster, [
    { deployment: target.service.deployment, ready: plan.replicas },
  ]);
  await freeAutoscaler(stage, cluster, plan);
  return words;
}
