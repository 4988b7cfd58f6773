/**
 * The cluster that integration tests run on: the one that FAIRWAY_TEST_KUBECONFIG names, else a
 * local one with simulated pods, shared by the whole jest run and started by whoever asks first.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import { loadKubeConfig } from '../../local/kube-config.ts';
import { sharedCluster, startTimeoutMs } from './shared-cluster.ts';

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

const namespaces: { readonly cluster: TestCluster; readonly name: string }[] = [];

/** Call at the top of a test file; use the answer inside tests. */
export function useCluster(): () => TestCluster {
  return use(async () => process.env['FAIRWAY_TEST_KUBECONFIG'] ?? sharedCluster(toolsFolder()));
}

/** The local cluster in any case, for tests that need its simulated pods (local/kwok/behaviours.ts). */
export function useLocalCluster(): () => TestCluster {
  return use(() => sharedCluster(toolsFolder()));
}

function use(findKubeconfig: () => Promise<string>): () => TestCluster {
  let cluster: TestCluster | undefined;
  beforeAll(async () => {
    const kubeconfig = await findKubeconfig();
    cluster = { kubeconfig, config: loadKubeConfig(kubeconfig) };
  }, startTimeoutMs);
  afterAll(deleteNamespaces);
  return () => {
    if (cluster === undefined) throw new Error('The cluster is there inside tests only.');
    return cluster;
  };
}

/** Creates a namespace for a test or a file; it is deleted after the file's last test. */
export async function aNamespace(cluster: TestCluster): Promise<string> {
  const name = `test-${randomBytes(4).toString('hex')}`;
  await cluster.config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name } } });
  namespaces.push({ cluster, name });
  return name;
}

async function deleteNamespaces(): Promise<void> {
  const deletions = namespaces
    .splice(0)
    .map(({ cluster, name }) => cluster.config.makeApiClient(CoreV1Api).deleteNamespace({ name }));
  await Promise.all(deletions);
}
