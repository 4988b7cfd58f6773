/** A story begins on a lane: what must have been there before, and the request as a person would send it. */
import { eventually } from '../support/eventually.ts';
import type { Bench } from './bench.ts';
import { sumOf } from './capacity.ts';
import type { Undertaking } from './invariants.ts';
import type { Lane } from './lane.ts';
import { repository } from './lane-configuration.ts';
import { lookAt } from './namespace-view.ts';
import type { Call, Fault } from './fault.ts';
import type { Story } from './story.ts';

const types = {
  standard: 'standardDeployment',
  canary: 'canaryDeployment',
  blueGreen: 'blueGreenDeployment',
  rollback: 'rollback',
} as const;

/** The faults are those of this release alone. */
export async function undertake(
  bench: Bench,
  lane: Lane,
  story: Story,
  faults: readonly Fault[],
): Promise<Undertaking> {
  const destination = story.to === undefined ? undefined : await prepare(bench, lane, story);
  const before = await lookAt(bench, lane);
  const { replicas = 1 } = before.spec;
  // A watch that is behind would show too few when it begins anew.
  await eventually(
    () => bench.capacity.now(lane.name),
    ({ serving, available }) => sumOf(serving) >= replicas && sumOf(available) >= replicas,
  );
  bench.capacity.restart(lane.name);
  await lane.arm(faults);
  if (destination !== undefined) {
    const to = story.to === 'backup' ? { backup: 'latest' } : 'previous';
    const handle = await lane.start('rollback', { to, reason: 'error rate above 5 %' });
    return { story, handle, before, goal: destination };
  }
  const version = lane.nextVersion(story.behaviour);
  const steps = [34, 67, 100].map((weight) => ({ weight, bake: 0 }));
  const handle = await lane.start(types[story.strategy], {
    version,
    ...(story.unwatched === true ? { steps } : {}),
  });
  return { story, handle, before, goal: `${repository}:${version}` };
}

/** Something to return to. */
async function prepare(bench: Bench, lane: Lane, { to, behaviour }: Story) {
  if (behaviour !== '') await lane.put(lane.nextVersion(behaviour));
  const destination = await lookAt(bench, lane);
  const version = lane.nextVersion('');
  // Only a release of Fairway's own leaves a backup.
  if (to === 'backup') await bench.endOf(await lane.start('standardDeployment', { version }));
  else await lane.put(version);
  return destination;
}

export function holds(calls: readonly (Call | undefined)[]): readonly Fault[] {
  return calls
    .filter((call) => call !== undefined)
    .map((call) => ({ call, moment: 'held', milliseconds: 0 }));
}

/**
 * The person sends it while the call is about to begin. It begins once the release knows, so that the
 * cancellation always meets this call: on its way, unless that is a short one.
 */
export async function abortWhenHeld(
  { client, answerTo }: Bench,
  { lock, letGo }: Lane,
  { abortedAt }: Story,
  held: Promise<void>,
): Promise<void> {
  await held;
  const abort = { by: 'ana@example.com', reason: 'errors in the log' };
  const handle = client.workflow.getHandle(lock);
  // With an ID, so that it happens once however often it is sent.
  await answerTo(() => handle.executeUpdate('abort', { args: [abort], updateId: 'abort' }));
  if (abortedAt !== undefined) await letGo(abortedAt);
}
