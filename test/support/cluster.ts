/**
 * The cluster that integration tests run on: one that FAIRWAY_TEST_KUBECONFIG names, else a
 * local one, started when the first test of a file asks and stopped after its last.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { startCluster } from '../../local/cluster.ts';
import { startStandIn } from '../../local/stand-in.ts';

export interface TestCluster {
  /** Path of a kubeconfig; its current context is `test-cluster` on the local cluster. */
  readonly kubeconfig: string;
  readonly config: KubeConfig;
}

/** Folder of the cluster's programs: FAIRWAY_BIN. */
export function toolsFolder(): string {
  const folder = process.env['FAIRWAY_BIN'];
  if (folder === undefined) {
    throw new Error(
      'FAIRWAY_BIN is not set: run the tests by `npm test`, which installs the tools and sets it.',
    );
  }
  return folder;
}

/** Call at the top of a test file; use the answer inside tests. */
export function useCluster(): () => TestCluster {
  let cluster: TestCluster | undefined;
  let stop = async (): Promise<void> => {};
  beforeAll(async () => {
    const given = process.env['FAIRWAY_TEST_KUBECONFIG'];
    if (given !== undefined) {
      cluster = { kubeconfig: given, config: load(given) };
      return;
    }
    const local = await startCluster({ bin: toolsFolder(), contexts: ['test-cluster'] });
    stop = local.stop;
    await startStandIn({ kubeconfig: local.kubeconfig, workDir: local.folder }).then((standIn) => {
      stop = async () => {
        await standIn.stop();
        await local.stop();
      };
    });
    cluster = { kubeconfig: local.kubeconfig, config: load(local.kubeconfig) };
  });
  afterAll(async () => stop());
  return () => {
    if (cluster === undefined) throw new Error('the cluster is there inside tests only');
    return cluster;
  };
}

/** Creates a namespace of its own for a test or a file; it is deleted after the file's last test. */
export async function aNamespace(cluster: TestCluster): Promise<string> {
  const name = `test-${randomBytes(4).toString('hex')}`;
  await cluster.config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name } } });
  return name;
}

function load(kubeconfig: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}
