/** What holds after every release, whatever was killed meanwhile: fully new or fully old, said once, nothing left. */
import { expect } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { V1DeploymentSpec } from '@kubernetes/client-node';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { processesWith } from '../support/processes.ts';
import type { Bench } from './bench.ts';
import type { Lane } from './lane.ts';
import { repository } from './lane-configuration.ts';
import { lookAt, type NamespaceView } from './namespace-view.ts';
import { expectServed } from './served.ts';
import type { Story } from './story.ts';

export interface Undertaking {
  readonly story: Story;
  readonly handle: WorkflowHandle;
  /** As it was before the release. */
  readonly before: NamespaceView;
  /** What it is to become: the new image, or (a rollback) what was there once. */
  readonly goal: string | NamespaceView;
}

type Ending = Pick<Story, 'outcome' | 'ends' | 'helmRevisions'>;

interface Disturbance {
  /** The API server was away, maybe while a helm was at work. */
  readonly helmInterrupted?: boolean;
}

/** Waits for the end, which must be the story's. */
export async function expectTheEnding(
  bench: Bench,
  lane: Lane,
  undertaking: Undertaking,
  { helmInterrupted = false }: Disturbance = {},
): Promise<void> {
  const { before, goal, handle, story } = undertaking;
  const last = await lastStatus(bench, handle);
  const ending = last !== undefined && nobodyCouldTell(last) ? givenUp : story;
  expect(last?.outcome).toBe(ending.outcome);
  const after = await lookAt(bench, lane);
  const expected =
    ending.ends === 'old' ? before : typeof goal === 'string' ? renewed(before, lane, goal) : goal;
  const { image } = expected;
  expect(after.podImages).toEqual(Array(before.spec.replicas ?? 1).fill(image));
  expect(after.spec).toEqual(expected.spec);
  expect(after.surroundings).toEqual(expected.surroundings);
  expect(after.replicaSetsInUse).toEqual([image]);
  expectRevisions(ending, before, after, helmInterrupted);
  await expectHelmAgrees(lane, after);
  expectNothingLeft(before, after);
  expect(await helmProcesses(bench, lane)).toEqual([]);

  const { runId, status } = await bench.client.workflow.getHandle(lane.lock).describe();
  expect(status.name).not.toBe('RUNNING');
  const run = `${lane.lock}/${runId}/`;
  expect(after.backupKeys.filter((key) => key.startsWith(run))).toHaveLength(1);
  expectSaidOnce(bench, run);
  await expectServed(bench, lane, { ...story, ...ending }, before.spec.replicas ?? 1);
}

/** A bake that saw nothing because the API server was away. */
function nobodyCouldTell({ analysis, steps }: ReleaseStatus): boolean {
  const gaveUp = steps.some(({ name, state }) => name.startsWith('Watch') && state === 'failed');
  return gaveUp && analysis?.verdict === 'inconclusive';
}

/** Bakes come before Helm has a part. */
const givenUp: Ending = { outcome: 'rolledBack', ends: 'old', helmRevisions: 0 };

async function lastStatus(bench: Bench, handle: WorkflowHandle): Promise<ReleaseStatus | undefined> {
  try {
    return (await bench.endOf(handle)) as ReleaseStatus;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure)) throw error;
    return error.cause.details?.[0] as ReleaseStatus | undefined;
  }
}

/** As it was, with nothing but the version another. Helm's chart also labels with it. */
function renewed(before: NamespaceView, { method }: Lane, image: string): NamespaceView {
  const [from, to] = method === 'helm' ? [tagOf(before.image), tagOf(image)] : [before.image, image];
  const renew = (text: string) => text.replaceAll(from, to);
  return {
    ...before,
    image,
    spec: JSON.parse(renew(JSON.stringify(before.spec))) as V1DeploymentSpec,
    surroundings: before.surroundings.map(renew),
  };
}

function tagOf(image: string): string {
  return image.slice(repository.length + 1);
}

/** Helm's newest revision is deployed, and there are no more than there must be. */
function expectRevisions(
  { helmRevisions }: Ending,
  before: NamespaceView,
  after: NamespaceView,
  interrupted: boolean,
): void {
  const newest = after.helmRevisions.at(-1);
  expect(newest?.status).toBe('deployed');
  // One that an interrupted helm left pending stays so: the release returns from it, and begins again.
  const past = interrupted ? /^(superseded|failed|pending-.*)$/ : /^(superseded|failed)$/;
  expect(after.helmRevisions.filter(({ status }) => !past.test(status))).toEqual([newest]);
  const last = before.helmRevisions.at(-1)?.revision ?? 0;
  // A failed one is of a helm whose worker stood still for so long that it was ended.
  const made = after.helmRevisions.filter(({ revision, status }) => revision > last && status !== 'failed');
  // A helm whose worker died ends its work, and nobody does it again.
  if (interrupted) expect(made.length).toBeGreaterThanOrEqual(helmRevisions);
  else expect(made).toHaveLength(helmRevisions);
}

/** Where Helm does the releases, it has the image that runs. */
async function expectHelmAgrees(lane: Lane, after: NamespaceView): Promise<void> {
  if (lane.method === 'image') return;
  const [manifest, values] = await Promise.all([
    lane.helm(['get', 'manifest', 'tensafe']),
    lane.helm(['get', 'values', 'tensafe', '--output', 'json']),
  ]);
  expect(manifest).toContain(`image: "${after.image}"`);
  expect(JSON.parse(values)).toMatchObject({ minReadySeconds: 1, image: { tag: tagOf(after.image) } });
}

/** New are one backup and Helm's own records; gone may be old ones of these, for both keep ten. */
function expectNothingLeft(before: NamespaceView, after: NamespaceView): void {
  const backup = /^ConfigMap\/fairway-backup-tensafe-/;
  const isRecord = (name: string) => backup.test(name) || /^Secret\/sh\.helm\.release\./.test(name);
  const added = after.objects.filter((name) => !before.objects.includes(name));
  const removed = before.objects.filter((name) => !after.objects.includes(name));
  expect(added.filter((name) => backup.test(name))).toHaveLength(1);
  expect(added.filter((name) => !isRecord(name))).toEqual([]);
  expect(removed.filter((name) => !isRecord(name))).toEqual([]);
}

async function helmProcesses({ cluster }: Bench, { name }: Lane): Promise<readonly string[]> {
  const ofCluster = await processesWith(cluster.kubeconfig);
  return ofCluster.filter((line) => line.includes('/helm ') && line.includes(`--namespace ${name} `));
}

function expectSaidOnce({ slack }: Bench, run: string): void {
  const said = slack
    .messages('C0OPS')
    .map((message) => ({ ...message, key: message.metadata?.event_payload['key'] }));
  const keys = said.map(({ key }) => String(key)).filter((key) => key.startsWith(run));
  expect(keys).toEqual([...new Set(keys)]);
  expect(keys.filter((key) => key === `${run}outcome`)).toHaveLength(1);
  const inChannel = said.filter(({ key, threadTs }) => threadTs === undefined && String(key).startsWith(run));
  expect(inChannel.map(({ key }) => key)).toEqual([`${run}announcement`]);
  const outcome = said.find(({ key }) => key === `${run}outcome`);
  // The release's own message was updated to say how it ended.
  expect(inChannel[0]?.text).toBe(outcome?.text);
  expect(outcome?.threadTs).toBe(inChannel[0]?.ts);
}
