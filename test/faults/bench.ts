/** A platform for releases that are disturbed: real servers, Slack's stand-in, a watch on the capacity. */
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { Client, Connection } from '@temporalio/client';
import type { Cluster } from '../../local/cluster.ts';
import { startPlatform, type Platform } from '../../local/platform.ts';
import type { TemporalServer } from '../../local/temporal-server.ts';
import { appFolder } from '../support/app.ts';
import { toolsFolder } from '../support/cluster.ts';
import { startSlackServer, type SlackServer } from '../support/slack-server.ts';
import { compile } from './compile.ts';
import { watchCapacity, type CapacityWatch } from './capacity.ts';

export const context = 'test-cluster';
export const slackChannel = '#ops-announcements';
export const slackToken = 'xoxb-test';

export interface Bench {
  readonly platform: Platform;
  readonly temporal: TemporalServer;
  readonly cluster: Cluster;
  readonly kube: KubeConfig;
  readonly client: Client;
  readonly slack: SlackServer;
  readonly capacity: CapacityWatch;
  /** The deadly worker's entry point, compiled. */
  readonly worker: string;
  readonly stop: () => Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const platform = startPlatform({ bin: toolsFolder(), contexts: [context], unattended: true });
  try {
    const [temporal, cluster, slack] = await Promise.all([
      platform.temporal,
      platform.cluster,
      startSlackServer({
        token: slackToken,
        channels: [{ id: 'C0OPS', name: slackChannel.slice(1), member: true }],
      }),
    ]);
    const worker = await compile('worker.ts', appFolder(), join(cluster.folder, 'compiled'));
    const kube = new KubeConfig();
    kube.loadFromFile(cluster.kubeconfig);
    const capacity = await watchCapacity(kube);
    const connection = await Connection.connect({ address: temporal.address });
    return {
      ...{ platform, temporal, cluster, kube, slack, capacity, worker },
      client: new Client({ connection }),
      stop: async () => {
        await capacity.stop();
        await connection.close();
        await slack.stop();
        await platform.stop();
      },
    };
  } catch (error) {
    await platform.stop();
    throw error;
  }
}
