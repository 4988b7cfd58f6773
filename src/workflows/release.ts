/** What people start: a strategy, with all that has to be agreed before it may begin. */
import { patched } from '@temporalio/workflow';
import { stateOf } from '../domain/approval-round.ts';
import { recheckAfterSeconds } from '../domain/defaults.ts';
import { refuse } from '../domain/refusal.ts';
import { parseReleaseRequest, type ReleaseRequest } from '../domain/release-request.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import { versionOf } from '../domain/version-of.ts';
import { announce, announceStart } from './announce.ts';
import { askForApproval } from './approvals.ts';
import { completeChecklist } from './checklist.ts';
import { conductRelease } from './conduct-release.ts';
import type { Stage } from './conduct.ts';
import { dryRun } from './dry-run.ts';
import { accept } from './failure.ts';
import { refusedBy } from './pre-flight.ts';
import { throughPromotionGate } from './promotion-gate.ts';
import { planDigest } from './plan-digest.ts';
import { prepare, stepsOf, type Prepared } from './prepared.ts';
import { now, Progress } from './progress.ts';
import { underTargetLock } from './target-lock.ts';
import { attended } from './unattended.ts';
import { updatedBy } from './updated-by.ts';
import { withVersion } from './version-source.ts';
import { endsByRejection, throughWindow } from './window-gate.ts';

const steps = ['Pre-flight', 'Announce', 'Approve', 'Back up'] as const;
/** What people approve. */
const subject = 'the plan';

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
  return underTargetLock(
    request,
    input,
    progress,
    () =>
      conductRelease(request, progress, async (stage) => {
        const known = attended(await withVersion(request, stage));
        await carryOut(known, { ...stage, target: updatedBy(stage.target, request.update) });
      }),
    request.whenHeld,
  );
}

async function carryOut(request: ReleaseRequest, stage: Stage): Promise<void> {
  requesterIsKnown(request, stage);
  const first = await plan(request, stage);
  if (request.dryRun) return dryRun(stage, first.plan);
  await throughPromotionGate(stage, request.version, first.plan.to);
  await completeChecklist(stage, request.version, versionOf(first.plan.from));
  const agreed = await agree(request, stage, first);
  announceStart(agreed.plan, stage);
  await agreed.run();
}

interface Seen extends Prepared {
  /** Milliseconds since 1970: when the cluster was looked at. */
  readonly at: number;
}

async function plan(request: ReleaseRequest, stage: Stage, look: 'first' | 'again' = 'first'): Promise<Seen> {
  const { progress, target } = stage;
  const strategy = request.strategy ?? target.environment.strategy;
  progress.set({ strategy });
  const prepared = await prepare(strategy, request, stage);
  progress.set({ plan: prepared.words, planDigest: planDigest(target, prepared.plan) });
  // What the environment before verified may have been rolled back there meanwhile.
  if (look === 'again' && target.environment.promotion !== undefined && patched('promotion-again')) {
    await throughPromotionGate(stage, request.version, prepared.plan.to);
  }
  return { ...prepared, at: Date.now() };
}

/**
 * Announced, approved, and at a time that is allowed; all of that may take days, so the cluster is looked
 * at again, and what people approved is void when the plan is another one by then.
 */
async function agree(request: ReleaseRequest, stage: Stage, first: Seen): Promise<Prepared> {
  const { target } = stage;
  let prepared = first;
  // Nothing is announced and nobody is asked while the windows are closed.
  const waited = await throughWindow(stage, 'the release');
  if (waited || isStale(first.at)) prepared = await plan(request, stage, 'again');
  let openAt = Date.now();
  const { name, approval } = target.environment;
  if (approval.required === 0) stage.progress.skip('Approve', `${name} asks nobody`);
  const lead = announce(prepared.plan, stage);
  for (;;) {
    const digest = planDigest(target, prepared.plan);
    await Promise.all([lead, approve(stage, digest)]);
    if (stage.control.isHeld) await stage.control.proceed();
    if (isStale(openAt)) {
      await throughWindow(stage, 'the start');
      openAt = Date.now();
      // Told at once, without another look.
      if (endsByRejection(stage)) continue;
    }
    if (isStale(prepared.at)) prepared = await plan(request, stage, 'again');
    const isSame = planDigest(target, prepared.plan) === digest;
    if (isSame && isApproved(stage, digest) && !stage.control.isHeld) {
      await askForApproval(stage, { subject, digest });
      return prepared;
    }
  }
}

function isStale(seenAt: number): boolean {
  return Date.now() - seenAt >= recheckAfterSeconds * 1_000;
}

/** People can take it back until the strategy starts. */
async function approve(stage: Stage, digest: string): Promise<void> {
  const { progress } = stage;
  if (isApproved(stage, digest)) return;
  await progress.step('Approve', () => askForApproval(stage, { subject, digest, keepOpen: true }), {
    done: () => `by ${progress.status.approval?.approvals.map(({ by }) => by).join(' and ') ?? ''}`,
  });
}

function isApproved({ progress, target }: Stage, digest: string): boolean {
  const round = progress.status.approval;
  if (target.environment.approval.required === 0) return true;
  return round?.digest === digest && stateOf(round, now()).state === 'approved';
}

/** Who asks does not count, so it must be known who asks. */
function requesterIsKnown(request: ReleaseRequest, { target }: Stage): void {
  const { name, approval } = target.environment;
  if (approval.required === 0 || request.requestedBy !== undefined) return;
  throw refusedBy(
    refuse(
      'requester-missing',
      `${name} asks for ${approval.required} approvals by others than the one who asks, and the input does not say who that is`,
      'add "requestedBy": "you@example.com"',
    ),
  );
}
