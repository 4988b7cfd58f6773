/** A release of one strategy on a small cluster, with the invariants that hold for each, however it goes. */
import { expect } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import type { Target } from '../../src/domain/target.ts';
import { recordedSelector, someTracks, type Tracks } from './fake-tracks.ts';
import { aWorld, type World } from './fake-world.ts';
import { servedBy, type Bench } from './workflow-bench.ts';

export interface Scene {
  readonly world: World;
  readonly tracks: Tracks;
  /** Starts it; `change` replaces fields of the input. */
  start(change?: object): Promise<WorkflowHandle>;
  /** Starts it and answers its last status. */
  release(change?: object): Promise<ReleaseStatus>;
  /** Another worker goes on where this one was. */
  replaceWorker(): Promise<void>;
}

export interface Setting {
  readonly bench: Bench;
  /** Workflow type. */
  readonly type: string;
  readonly target: Target;
  readonly replicas: number;
  /** Activities besides those of the world. */
  readonly besides?: Readonly<Record<string, (input: never) => Promise<unknown>>>;
}

let releases = 0;

export async function playScene(
  { bench, type, target, replicas, besides = {} }: Setting,
  work: (scene: Scene) => Promise<void>,
): Promise<void> {
  const tracks = someTracks(replicas);
  const input = { service: 'shop', environment: target.environment.name, version: '4.1.0' };
  await bench.runWith(
    (taskQueue) => {
      const world = aWorld(servedBy(taskQueue, target), tracks);
      Object.assign(world.activities, besides);
      return world;
    },
    async (world, taskQueue, replaceWorker) => {
      const start = (change: object = {}) =>
        bench.env.client.workflow.start(type, {
          taskQueue,
          workflowId: `shop-${type}-${(releases += 1)}`,
          args: [{ ...input, ...change }],
        });
      await work({
        ...{ world, tracks, start, replaceWorker },
        release: async (change) => lastStatus(await start(change)),
      });
    },
  );
  for (const { stable, canary, green } of tracks.served) {
    expect(stable + canary + green).toBeGreaterThanOrEqual(replicas);
  }
  const stable = tracks.scaledTo ?? replicas;
  expect(tracks).toMatchObject({ stable, selector: recordedSelector, autoscalerHeld: false });
  expect([tracks.canary, tracks.green]).toEqual([undefined, undefined]);
  expect(tracks.untestedServed).toBe(false);
}

/** Waits until it has ended, however it ended. */
export async function lastStatus(handle: WorkflowHandle): Promise<ReleaseStatus> {
  try {
    return (await handle.result()) as ReleaseStatus;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (!(error.cause instanceof ApplicationFailure)) return handle.query<ReleaseStatus>('status');
    return error.cause.details?.[0] as ReleaseStatus;
  }
}
