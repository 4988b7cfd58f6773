/** A strategy started by itself: for environments where nobody has to be asked. */
import type { AnyPlan } from '../domain/plan-text.ts';
import { refuse } from '../domain/refusal.ts';
import type { StandardDeploymentRequest } from '../domain/request.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import type { EnvironmentSpec } from '../domain/target.ts';
import { announce, announceStart } from './announce.ts';
import { conductRelease } from './conduct-release.ts';
import type { Stage } from './conduct.ts';
import { dryRun } from './dry-run.ts';
import { refusedBy } from './pre-flight.ts';
import { Progress } from './progress.ts';
import type { Strategy } from './strategy.ts';
import { underTargetLock } from './target-lock.ts';
import { attended } from './unattended.ts';
import { updatedBy } from './updated-by.ts';

interface Request extends StandardDeploymentRequest {
  readonly dryRun: boolean;
}

export async function deployAlone<R extends Request, P extends AnyPlan>(
  strategy: Strategy<R, P>,
  request: R,
  input: unknown,
): Promise<ReleaseStatus> {
  const { service, environment, version, requestedBy } = request;
  const progress = new Progress(
    {
      service,
      environment,
      version,
      strategy: strategy.name,
      ...(requestedBy === undefined ? {} : { requestedBy }),
    },
    ['Pre-flight', 'Announce', 'Back up', ...strategy.steps],
  );
  return underTargetLock(
    request,
    input,
    progress,
    () =>
      conductRelease(request, progress, (stage) =>
        deploy(strategy, attended(request), { ...stage, target: updatedBy(stage.target, request.update) }),
      ),
    request.whenHeld,
  );
}

async function deploy<R extends Request, P extends AnyPlan>(
  strategy: Strategy<R, P>,
  request: R,
  stage: Stage,
): Promise<void> {
  const { progress, target } = stage;
  if (!request.dryRun) mayGoAlone(target.environment);
  const first = await strategy.plan(request, stage);
  progress.set({ plan: strategy.words(first) });
  if (request.dryRun) return dryRun(stage, first);
  const waited = await announce(first, stage);
  let final = waited ? await strategy.plan(request, stage) : first;
  while (stage.control.isHeld) {
    await stage.control.proceed();
    final = await strategy.plan(request, stage);
  }
  announceStart(final, stage);
  await strategy.run(stage, final);
}

/** What people agreed for an environment is not passed by choosing another workflow type. */
function mayGoAlone({ name, approval, checklist, promotion, windows }: EnvironmentSpec): void {
  const asked = [
    ...(approval.required > 0 ? [`${approval.required} approvals`] : []),
    ...(checklist.length > 0 ? ['a checklist'] : []),
    ...(promotion === undefined ? [] : [`a version that is verified in ${promotion.from}`]),
    ...(windows === undefined ? [] : ['a time within its windows']),
  ];
  if (asked.length === 0) return;
  throw refusedBy(
    refuse(
      'release-required',
      `${name} asks for ${asked.join(', ')}, and a strategy started by itself asks nobody`,
      'start it as a release: the same command and input with "--type release"',
    ),
  );
}
