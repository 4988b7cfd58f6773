/** What releases that are disturbed share: servers, Slack's stand-in, a watch on the capacity. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import {
  Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowHandle,
} from '@temporalio/client';
import { appFolder } from '../support/app.ts';
import { loadKubeConfig } from '../../local/kube-config.ts';
import { startSlackServer, type SlackServer } from '../support/slack-server.ts';
import { compile } from './compile.ts';
import { watchCapacity, type CapacityWatch } from './capacity.ts';
import type { Ground } from './ground.ts';
import { connectTo } from '../../local/temporal-connection.ts';

export const slackChannel = '#ops-announcements';
export const slackToken = 'xoxb-test';

export interface Bench extends Omit<Ground, 'stop'> {
  /** For files that shall go when the bench goes. */
  readonly folder: string;
  readonly kube: KubeConfig;
  readonly client: Client;
  readonly slack: SlackServer;
  readonly capacity: CapacityWatch;
  /** The deadly worker's entry point, compiled. */
  readonly worker: string;
  /** Asks again while Temporal is away. The connection stays until there is an answer. */
  readonly answerTo: <T>(question: () => Promise<T>) => Promise<T>;
  /** How a workflow ends. */
  readonly endOf: (handle: WorkflowHandle) => Promise<unknown>;
  /** Ends the ground, too. */
  readonly stop: () => Promise<void>;
}

export async function openBench(ground: Ground): Promise<Bench> {
  try {
    return await open(ground);
  } catch (error) {
    await ground.stop();
    throw error;
  }
}

async function open({ stop: stopGround, ...ground }: Ground): Promise<Bench> {
  const { temporal, cluster } = ground;
  const slack = await startSlackServer({
    token: slackToken,
    channels: [{ id: 'C0OPS', name: slackChannel.slice(1), member: true }],
  });
  const folder = await mkdtemp(join(tmpdir(), 'fairway-faults-'));
  const worker = await compile('worker.ts', appFolder(), join(folder, 'compiled'));
  const kube = loadKubeConfig(cluster.kubeconfig);
  const capacity = await watchCapacity(kube);
  const connection = await connectTo(temporal.address);
  const asking = new Set<Promise<unknown>>();
  let stopping = false;
  const answerTo = <T>(question: () => Promise<T>): Promise<T> => {
    const answer = repeated(question, () => stopping);
    asking.add(answer);
    return answer.finally(() => asking.delete(answer));
  };
  return {
    ...{ ...ground, folder, kube, slack, capacity, worker, answerTo },
    client: new Client({ connection }),
    endOf: (handle) => answerTo(() => handle.result()),
    stop: async () => {
      stopping = true;
      await capacity.stop();
      // A call that a server did not answer is made again later: that must not be after the end of the connection.
      await Promise.allSettled(asking);
      await connection.close();
      await slack.stop();
      await stopGround();
      await rm(folder, { recursive: true });
    },
  };
}

const againMilliseconds = 500;

async function repeated<T>(question: () => Promise<T>, isOver: () => boolean): Promise<T> {
  for (;;) {
    try {
      return await question();
    } catch (error) {
      if (isOver() || !isWithoutAnswer(error)) throw error;
      await sleep(againMilliseconds);
    }
  }
}

function isWithoutAnswer(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  return error instanceof ServiceError && isGrpcServiceError(error.cause);
}
