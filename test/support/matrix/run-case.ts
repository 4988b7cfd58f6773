/** Runs one case from the installation of its target to the end of its release. */
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { ReleaseStatus } from '../../../src/domain/status.ts';
import { targetWorkflowId } from '../../../src/domain/workflow-ids.ts';
import { controlQueue, environment, type Bench } from './bench.ts';
import { declaredMinimum, deployment, newVersion, oldVersion, repository, type MatrixCase } from './case.ts';
import { theirImage, type Disturbance } from './disturbances.ts';
import { ownerOf, violations, type ReleaseRecord } from './invariants.ts';
import type { Moment } from './moment.ts';
import { untilScheduled } from './until-scheduled.ts';
import { viewOf, withVersion, type View } from './view.ts';

export interface CaseResult {
  readonly status: ReleaseStatus;
  readonly violations: readonly string[];
  /** What the namespace must hold, by how the release ended and by what people changed. */
  readonly expected: View;
  readonly found: View;
  /** Of the workflow that held the target. */
  readonly lock: string;
  /** Helm's stored values name the version that runs; nobody can say so of what a person set past Helm. */
  readonly helmAgrees: boolean;
  readonly record: ReleaseRecord;
}

const workflows = {
  standard: 'standardDeployment',
  canary: 'canaryDeployment',
  blueGreen: 'blueGreenDeployment',
} as const;

export async function runCase(bench: Bench, one: MatrixCase): Promise<CaseResult> {
  const { kube, client, recorder } = bench;
  const { name, disturbance } = one;
  await bench.installing.take(() => bench.install(one));
  const before = await viewOf(kube, name);
  recorder.restart(name);
  const version = newVersion(one);
  // Under the target's own ID: without a second workflow that passes on what this one says.
  const workflowId = targetWorkflowId({ service: name, environment });
  const handle = await client.workflow.start(workflows[one.strategy], {
    taskQueue: controlQueue,
    workflowId,
    args: [{ service: name, environment, version, ...one.options }],
  });
  const ending = endOf(() => handle.result());
  const disturbed =
    disturbance === undefined
      ? {}
      : await Promise.race([
          untilDue(bench, one, workflowId, disturbance.when).then((moment) =>
            disturbance.act({ ...bench, namespace: name, moment }),
          ),
          ending.then((status) => {
            throw new Error(
              `The release ended before it could be disturbed: ${JSON.stringify(status, null, 1)}`,
            );
          }),
        ]);
  const status = await ending;
  // A release stops where a person has begun a rollout, and does not wait for its end.
  if (disturbance?.kind === 'image') await recorder.until(name, isSettled);

  const found = await viewOf(kube, name);
  const { status: lock } = await handle.describe();
  const tag = one.owner === 'helm' ? await bench.helmTag(name) : undefined;
  const released = withVersion(before, oldVersion, version);
  const ended = status.outcome === 'released' ? released : before;
  const record: ReleaseRecord = {
    moments: recorder.moments(name),
    promised: one.replicas,
    declared: declaredMinimum(one),
    image: `${repository}:${version}`,
    broken: disturbed.broken ?? {},
    ...timeOf('troubleAt', status, ({ state }) => state === 'failed'),
    ...timeOf('testedAt', status, (step) => step.name === 'Test green' && step.state === 'done'),
    ...(one.pairs === undefined ? {} : { pairs: one.pairs }),
    scaled: one.guard === 'hpa' || one.guard === 'keda',
    byHelm: one.owner === 'helm',
  };
  return {
    status,
    violations: violations(record),
    expected: disturbance?.stays?.(ended, { before, released }) ?? ended,
    found,
    lock: lock.name,
    helmAgrees:
      tag === undefined ||
      status.outcome === 'failed' ||
      tag === (status.outcome === 'released' ? version : oldVersion),
    record,
  };
}

async function untilDue(
  { client, recorder }: Bench,
  one: MatrixCase,
  workflowId: string,
  when: Disturbance['when'],
): Promise<Moment> {
  if (typeof when === 'function') return recorder.until(one.name, (moment) => when(moment, one));
  await untilScheduled(client, workflowId, { activity: 'bake', call: when.bake });
  // The new pods serve by then; the recorder hears of them by a watch of its own.
  return recorder.until(one.name, ({ serving }) => serving.some((pod) => ownerOf(pod) !== deployment));
}

function isSettled(moment: Moment): boolean {
  const { settled = false, replicas, image } = moment.deployments[deployment] ?? {};
  return settled && moment.serving.length === replicas && image === theirImage;
}

async function endOf(result: () => Promise<unknown>): Promise<ReleaseStatus> {
  try {
    return (await result()) as ReleaseStatus;
  } catch (error) {
    if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) {
      const [status] = error.cause.details ?? [];
      if (status !== undefined) return status as ReleaseStatus;
    }
    throw error;
  }
}

function timeOf(
  key: 'troubleAt' | 'testedAt',
  { steps }: ReleaseStatus,
  is: (step: ReleaseStatus['steps'][number]) => boolean,
): Partial<Pick<ReleaseRecord, 'troubleAt' | 'testedAt'>> {
  const endedAt = steps.find(is)?.endedAt;
  return endedAt === undefined ? {} : { [key]: Date.parse(endedAt) };
}
