/** What releases stand on while they are disturbed: a Temporal server of their own, and a cluster. */
import { join } from 'node:path';
import { execa } from 'execa';
import type { Cluster } from '../../local/cluster.ts';
import { startPlatform } from '../../local/platform.ts';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { searchAttributeNames } from '../../src/domain/search-attributes.ts';
import { toolsFolder } from '../support/cluster.ts';
import { sharedCluster } from '../support/shared-cluster.ts';

/** The name that both clusters have. */
export const context = 'test-cluster';

export interface Ground {
  readonly temporal: TemporalServer;
  readonly cluster: Pick<Cluster, 'kubeconfig' | 'kubectl'>;
  readonly stop: () => Promise<void>;
}

/** Its API server can be taken away. */
export interface OwnGround extends Ground {
  readonly cluster: Cluster;
}

export async function ownGround(): Promise<OwnGround> {
  const platform = startPlatform({ bin: toolsFolder(), contexts: [context], unattended: true });
  try {
    const [temporal, cluster] = await Promise.all([platform.temporal, platform.cluster]);
    return { temporal, cluster, stop: platform.stop };
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

/** On the cluster of the whole run, where nobody else may be disturbed. */
export async function sharedGround(): Promise<Ground> {
  const bin = toolsFolder();
  const starting = startTemporalServer({
    ...{ bin, port: 0, uiPort: 0, headless: true },
    searchAttributes: Object.values(searchAttributeNames).map((name) => `${name}=Keyword`),
  });
  const [kubeconfig, temporal] = await Promise.all([sharedCluster(bin), starting]);
  const kubectl = async (args: readonly string[], input?: string) => {
    const given = input === undefined ? {} : { input };
    return (await execa(join(bin, 'kubectl'), ['--kubeconfig', kubeconfig, ...args], given)).stdout;
  };
  return { temporal, cluster: { kubeconfig, kubectl }, stop: temporal.stop };
}
