/** What passed verification in an environment, from the records that Temporal keeps of closed workflows. */
import { Context } from '@temporalio/activity';
import type { VerificationReport } from '../../domain/check.ts';
import type { PromotionRecord, TargetChange, VerifiedRelease } from '../../domain/promotion.ts';
import { searchAttributeNames as attribute } from '../../domain/search-attributes.ts';
import type { ReleaseStatus } from '../../domain/status.ts';
import { versionOf } from '../../domain/version-of.ts';
import type { VerifiedQuestion } from './types.ts';
import type { ListedWorkflow, WorkflowLists } from './workflow-lists.ts';

const maxVerified = 50;
const maxChanges = 200;
/** A run that ended just now is listed a moment later: nobody is refused for having been quick. */
const listLagMs = 2_000;

export async function findVerified(
  { service, environment, version }: VerifiedQuestion,
  lists: WorkflowLists,
): Promise<PromotionRecord> {
  const activity = Context.current();
  const { cancellationSignal: signal } = activity;
  const here = `${attribute.service}='${service}' AND ${attribute.environment}='${environment}' AND ExecutionStatus='Completed'`;
  const passed = `${here} AND ${attribute.outcome} IN ('released','passed')`;
  const ofVersion = version === undefined ? passed : `${passed} AND ${attribute.version}='${version}'`;
  const look = async (): Promise<readonly VerifiedRelease[]> => {
    const candidates = newestFirst(await lists.list(ofVersion, maxVerified));
    const found = candidates.map(async (each) => verifiedBy(each, await lists.resultOf(each, signal)));
    return (await Promise.all(found)).filter((each) => each !== undefined);
  };
  let verified = await look();
  if (verified.length === 0) {
    await activity.sleep(listLagMs);
    verified = await look();
  }
  const oldest = verified.at(-1);
  if (oldest === undefined) return { verified, changes: [] };

  const changing = `(${attribute.outcome}='released' OR (${attribute.outcome}='rolledBack' AND ${attribute.strategy}='rollback'))`;
  const since = `${here} AND ${changing} AND CloseTime >= '${oldest.verifiedAt}'`;
  const listed = newestFirst(await lists.list(since, maxChanges));
  const changes = await Promise.all(listed.map((each) => changeBy(each, lists, signal)));
  // With more changes than were read, what the older ones did is unknown: they must not count.
  const known = listed.length < maxChanges ? undefined : changes.at(-1)?.at;
  return {
    verified: known === undefined ? verified : verified.filter(({ verifiedAt }) => verifiedAt >= known),
    changes,
  };
}

/** A release ends with its status, a verification by itself with its report; a dry run verified nothing. */
function verifiedBy({ workflowId, closedAt }: ListedWorkflow, result: unknown): VerifiedRelease | undefined {
  const { to, verification, verdict, ran } = (result ?? {}) as Partial<ReleaseStatus & VerificationReport>;
  const seen = verification?.ran ?? ran;
  const image = seen?.image ?? to;
  if (image === undefined || (verification?.verdict ?? verdict) !== 'pass') return undefined;
  return {
    release: workflowId,
    version: versionOf(image),
    image,
    ...(seen?.digest === undefined ? {} : { digest: seen.digest }),
    verifiedAt: closedAt.toISOString(),
  };
}

/** Of a release, the list says enough. */
async function changeBy(
  listed: ListedWorkflow,
  lists: WorkflowLists,
  signal: AbortSignal,
): Promise<TargetChange> {
  const { workflowId, closedAt, attributes } = listed;
  const at = { release: workflowId, at: closedAt.toISOString() };
  if (attributes[attribute.outcome] === 'released') {
    return { ...at, what: 'released', version: attributes[attribute.version] ?? '' };
  }
  const { from, to } = ((await lists.resultOf(listed, signal)) ?? {}) as Partial<ReleaseStatus>;
  return {
    ...at,
    what: 'rolledBack',
    version: to === undefined ? '' : versionOf(to),
    ...(from === undefined ? {} : { from }),
  };
}

/** Servers order lists each in their own way. */
function newestFirst(listed: readonly ListedWorkflow[]): readonly ListedWorkflow[] {
  return [...listed].sort((a, b) => b.closedAt.getTime() - a.closedAt.getTime());
}
