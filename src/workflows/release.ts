/** What people start: a strategy, with all that has to be agreed before it may begin. */
import { parseReleaseRequest, type ReleaseRequest } from '../domain/release-request.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import { announce } from './announce.ts';
import { conduct, type Stage } from './conduct.ts';
import { accept } from './failure.ts';
import { planDigest } from './plan-digest.ts';
import { prepare, stepsOf, type Prepared } from './prepared.ts';
import { Progress } from './progress.ts';
import { underTargetLock } from './target-lock.ts';
import { updatedBy } from './updated-by.ts';

const steps = ['Pre-flight', 'Announce', 'Back up'] as const;

export async function release(input: unknown): Promise<ReleaseStatus> {
  const request = accept(parseReleaseRequest(input));
  const { service, environment, version, requestedBy, strategy } = request;
  const progress = new Progress(
    {
      service,
      environment,
      version,
      // The environment's own is known when the target is.
      strategy: strategy ?? 'release',
      ...(requestedBy === undefined ? {} : { requestedBy }),
    },
    [...steps, ...(strategy === undefined ? [] : stepsOf(strategy))],
  );
  return underTargetLock(request, input, progress, () =>
    conduct(request, progress, (stage) =>
      carryOut(request, { ...stage, target: updatedBy(stage.target, request.update) }),
    ),
  );
}

async function carryOut(request: ReleaseRequest, stage: Stage): Promise<void> {
  const { progress } = stage;
  const first = await plan(request, stage);
  if (request.dryRun) return progress.set({ dryRun: true });
  const agreed = await agree(request, stage, first);
  await agreed.run();
}

async function plan(request: ReleaseRequest, stage: Stage): Promise<Prepared> {
  const { progress, target } = stage;
  const strategy = request.strategy ?? target.environment.strategy;
  progress.set({ strategy });
  const prepared = await prepare(strategy, request, stage);
  progress.set({ plan: prepared.words, planDigest: planDigest(target, prepared.plan) });
  return prepared;
}

async function agree(request: ReleaseRequest, stage: Stage, first: Prepared): Promise<Prepared> {
  const waited = await announce(first.plan, stage);
  return waited ? plan(request, stage) : first;
}
