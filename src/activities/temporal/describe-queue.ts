/** Who has a target, and who waits for it. */
import type { QueueRank, Waiting } from '../../domain/queue.ts';
import { searchAttributeNames } from '../../domain/search-attributes.ts';
import { queueEntry } from '../../domain/workflow-ids.ts';
import type { RunningWorkflowReader } from './index.ts';
import type { Holder, TargetQueue } from './types.ts';
import type { WorkflowLists } from './workflow-lists.ts';

const ranks: readonly QueueRank[] = ['rollback', 'supersede', 'wait'];
/** More than anybody has patience for. */
const maxWaiting = 100;

export async function describeHolder(
  workflowId: string,
  workflows: RunningWorkflowReader,
): Promise<Holder | undefined> {
  const running = await workflows.describeRunning(workflowId);
  if (running === undefined) return undefined;
  // Started directly under the target's ID, a release has no other name and no memo.
  const { release, description, askedAt } = running.memo;
  const startedAt = running.startedAt.toISOString();
  const rank = running.type === 'rollback' ? 'rollback' : rankOf(running.memo['rank']);
  return {
    release: typeof release === 'string' ? release : running.workflowId,
    description: typeof description === 'string' ? description : running.type,
    startedAt,
    type: running.type,
    runId: running.runId,
    askedAt: typeof askedAt === 'string' ? askedAt : startedAt,
    ...(rank === undefined ? {} : { rank }),
  };
}

/** Without lists there is no order, but still one holder: a release must not fail for that, least of all a rollback. */
export async function describeQueue(
  workflowId: string,
  { workflows, lists }: { readonly workflows: RunningWorkflowReader; readonly lists: WorkflowLists },
): Promise<TargetQueue> {
  const holder = await describeHolder(workflowId, workflows);
  const held = holder === undefined ? {} : { holder };
  try {
    return { ...held, waiting: await listWaiting(workflowId, lists) };
  } catch (error) {
    return { ...held, waiting: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

async function listWaiting(workflowId: string, lists: WorkflowLists): Promise<readonly Waiting[]> {
  const { waitsFor } = searchAttributeNames;
  const entries = ranks.map((rank) => `'${queueEntry(rank, workflowId)}'`).join(', ');
  const query = `${waitsFor} IN (${entries}) AND ExecutionStatus='Running'`;
  const listed = await lists.list(query, maxWaiting);
  return listed.map(({ workflowId: release, runId, startedAt, attributes }) => ({
    release,
    runId,
    rank: rankOf(attributes[waitsFor]?.split(' ')[0]) ?? 'wait',
    startedAt: startedAt.toISOString(),
  }));
}

function rankOf(value: unknown): QueueRank | undefined {
  return ranks.find((rank) => rank === value);
}
