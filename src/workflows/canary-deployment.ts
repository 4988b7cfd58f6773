/** The runbook's canary: a growing share of the pods runs the new version, watched at each step. */
import { canaryAt, planCanary, type CanaryPlan, type PlannedStep } from '../domain/canary-plan.ts';
import { planText } from '../domain/plan-text.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import { parseCanaryDeploymentRequest, type CanaryDeploymentRequest } from '../domain/strategy-requests.ts';
import type { ReplicaPair } from '../domain/track.ts';
import { versionOf } from '../domain/version-of.ts';
import { weightWords } from '../domain/weights.ts';
import { freeAutoscaler, holdAutoscaler, type Underway } from './autoscaler.ts';
import { backUp } from './back-up.ts';
import { bake } from './bake.ts';
import { registerReturnToStable } from './canary-return.ts';
import type { Stage } from './conduct.ts';
import { deployAlone } from './deploy-alone.ts';
import { accept } from './failure.ts';
import { preFlight } from './pre-flight.ts';
import { stepKey } from './progress.ts';
import { comparePromoted } from './promoted-image.ts';
import { removeTrack } from './remove-track.ts';
import { shift } from './shift.ts';
import { apply } from './standard-update.ts';
import type { Strategy } from './strategy.ts';
import { verify } from './verify.ts';
import { throughWindow } from './window-gate.ts';

export const canary: Strategy<CanaryDeploymentRequest, CanaryPlan> = {
  name: 'canary',
  steps: ['Prepare canary'],
  plan: (request, stage) =>
    preFlight(stage, request.version, 'canary', (observed) => planCanary(stage.target, request, observed)),
  words: planText,
  run,
};

export async function canaryDeployment(input: unknown): Promise<ReleaseStatus> {
  return deployAlone(canary, accept(parseCanaryDeploymentRequest(input)), input);
}

async function run(stage: Stage, made: CanaryPlan): Promise<void> {
  await backUp(stage);
  const underway = { plan: made };
  registerReturnToStable(stage, underway);
  const plan = await startCanary(stage, underway);
  let from = plan.start;
  for (const step of plan.steps) {
    await throughWindow(stage, `canary at ${weightWords(step.weight)}`);
    await takeStep(stage, plan, step, from);
    from = step.pair;
  }
  await throughWindow(stage, 'the end of the canary');
  stage.control.runThrough();
  await finalise(stage, plan, from);
  await stage.progress.step('Verify', () => verify(stage, stage.cluster, plan.to), {
    next: 'done when every required check passes, else rolled back',
    done: (report) => report.summary,
  });
}

/** Nothing of it runs yet: the first step brings its first pods. Answers the plan for the pods that are there. */
async function startCanary(stage: Stage, underway: Underway<CanaryPlan>): Promise<CanaryPlan> {
  const { target, cluster, progress } = stage;
  const { plan } = underway;
  return progress.step(
    'Prepare canary',
    async () => {
      underway.plan = canaryAt(plan, await holdAutoscaler(stage, cluster, plan));
      await cluster.tracks.createTrack.executeWithOptions(
        { summary: `Make Deployment ${plan.track.deployment} with ${versionOf(plan.to)}` },
        [{ target, track: 'canary', image: plan.to, replicas: 0, key: stepKey('canary') }],
      );
      return underway.plan;
    },
    { next: `canary at ${weightWords(plan.steps[0]?.weight ?? 0)}`, done: () => plan.track.deployment },
  );
}

async function takeStep(stage: Stage, plan: CanaryPlan, step: PlannedStep, from: ReplicaPair): Promise<void> {
  const { progress, control } = stage;
  const weight = weightWords(step.weight);
  await progress.step(
    `Canary ${weight}`,
    () => shift(stage, stage.cluster, plan, { stableImage: plan.from, from, to: step.pair }),
    {
      next: step.bakeSeconds > 0 ? `watched for ${step.bakeSeconds} s` : 'the next step',
      done: () => `${weightWords(step.actualWeight)} of the pods: ${step.pair.canary} of ${plan.replicas}`,
    },
  );
  progress.set({
    weight: {
      requested: step.weight,
      actual: step.actualWeight,
      stable: step.pair.stable,
      track: step.pair.canary,
    },
  });
  if (step === plan.steps[0]) await comparePromoted(stage, plan.track.deployment, plan.to);
  await bake(stage, {
    name: `Watch at ${weight}`,
    seconds: step.bakeSeconds,
    analysis: plan.analysis,
    candidate: plan.track.deployment,
    image: plan.to,
  });
  if (step.gate) {
    await progress.step(
      `Gate at ${weight}`,
      () => control.gate(stage, { subject: `going on from ${weight}` }),
      { lasting: true, done: (words) => words },
    );
  }
}

/** The target's own Deployment takes over from a canary that serves everything; then the canary goes. */
async function finalise(stage: Stage, plan: CanaryPlan, from: ReplicaPair): Promise<void> {
  const { cluster, progress } = stage;
  await progress.step(
    'Finalise',
    async () => {
      await apply(plan, stage);
      const words = await shift(stage, cluster, plan, {
        stableImage: plan.to,
        from,
        to: { stable: plan.replicas, canary: 0 },
      });
      await removeTrack(stage, cluster, plan.track);
      await freeAutoscaler(stage, cluster, plan);
      return words;
    },
    { next: 'verification', done: (words) => words },
  );
  progress.set({ weight: { requested: 100, actual: 100, stable: plan.replicas, track: 0 } });
}
