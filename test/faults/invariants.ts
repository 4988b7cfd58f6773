/** What holds after every release, whatever was killed meanwhile: fully new or fully old, said once, nothing left. */
import { expect } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { V1DeploymentSpec } from '@kubernetes/client-node';
import { failureTypes } from '../../src/domain/failures.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { processesWith } from '../support/processes.ts';
import type { Bench } from './bench.ts';
import { repository, type Lane } from './lane.ts';
import { lookAt, type NamespaceView } from './namespace-view.ts';

export type Ending = 'released' | 'rolledBack';

export interface Undertaking {
  readonly handle: WorkflowHandle;
  readonly version: string;
  /** As it was before the release. */
  readonly before: NamespaceView;
}

/** Waits for the end; answers how it ended. */
export async function expectFullyOldOrNew(
  bench: Bench,
  lane: Lane,
  undertaking: Undertaking,
): Promise<Ending> {
  const { before, version } = undertaking;
  const outcome = await outcomeOf(undertaking.handle);
  const image = outcome === 'released' ? `${repository}:${version}` : before.image;

  const after = await lookAt(bench, lane);
  expect(after.podImages).toEqual(Array(before.spec.replicas ?? 1).fill(image));
  expect(after.spec).toEqual(outcome === 'released' ? withImage(before, lane, image) : before.spec);
  expect(after.replicaSetsInUse).toEqual([image]);
  await expectHelmAgrees(lane, before, after, image);
  expectNothingLeft(before, after);
  expect(await helmProcesses(bench, lane)).toEqual([]);

  const { runId, status } = await bench.client.workflow.getHandle(lane.lock).describe();
  expect(status.name).not.toBe('RUNNING');
  const run = `${lane.lock}/${runId}/`;
  expect(after.backupKeys.filter((key) => key.startsWith(run))).toHaveLength(1);
  expectSaidOnce(bench, run);
  const { missing, readyEndpoints } = bench.capacity.lowest(lane.name);
  expect(missing).toBeLessThanOrEqual(0);
  expect(readyEndpoints).toBeGreaterThan(0);
  return outcome;
}

async function outcomeOf(handle: WorkflowHandle): Promise<Ending> {
  try {
    expect(((await handle.result()) as ReleaseStatus).outcome).toBe('released');
    return 'released';
  } catch (error) {
    if (!(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure)) throw error;
    const { type, message, details } = error.cause;
    expect({ type, message }).toMatchObject({ type: failureTypes.rolledBack });
    expect(details?.[0]).toMatchObject({ outcome: 'rolledBack' });
    return 'rolledBack';
  }
}

/** The Deployment as it was, with nothing but the version another. Helm's chart also labels the pods with it. */
function withImage(before: NamespaceView, { method }: Lane, image: string): V1DeploymentSpec {
  const text = JSON.stringify(before.spec);
  const [from, to] = method === 'helm' ? [tagOf(before.image), tagOf(image)] : [before.image, image];
  return JSON.parse(text.replaceAll(from, to)) as V1DeploymentSpec;
}

function tagOf(image: string): string {
  return image.slice(repository.length + 1);
}

/** Helm's newest revision is deployed and, where Helm does the releases, has the image that runs. */
async function expectHelmAgrees(
  lane: Lane,
  before: NamespaceView,
  after: NamespaceView,
  image: string,
): Promise<void> {
  const newest = after.helmRevisions.at(-1);
  expect(newest?.status).toBe('deployed');
  expect(after.helmRevisions.filter(({ status }) => status !== 'superseded' && status !== 'failed')).toEqual([
    newest,
  ]);
  if (lane.method === 'image') {
    expect(after.helmRevisions).toEqual(before.helmRevisions);
    return;
  }
  // One revision forth and one back: a helm whose worker died ends its work, and nobody does it again.
  const made = (newest?.revision ?? 0) - (before.helmRevisions.at(-1)?.revision ?? 0);
  expect(made).toBe(image === before.image ? 2 : 1);
  const [manifest, values] = await Promise.all([
    lane.helm(['get', 'manifest', 'tensafe']),
    lane.helm(['get', 'values', 'tensafe', '--output', 'json']),
  ]);
  expect(manifest).toContain(`image: "${image}"`);
  expect(JSON.parse(values)).toMatchObject({ minReadySeconds: 1, image: { tag: tagOf(image) } });
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

/** Of this cluster: another run at the same time has lanes of the same names. */
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
