/** A TenSafe of its own namespace, installed by Helm. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { aNamespace, toolsFolder, type TestCluster } from './cluster.ts';

const chart = fileURLToPath(new URL('../../profiles/tensafe/chart', import.meta.url));

export interface ServiceUnderRelease {
  readonly namespace: string;
  /** Runs helm in the namespace; answers what it printed. */
  helm(...args: string[]): Promise<string>;
  kubectl(...args: string[]): Promise<string>;
  /** Images that the namespace's pods run, each once. */
  images(): Promise<string[]>;
}

export interface Installation {
  /** Its chart is copied here, as `chart`. */
  readonly folder: string;
  readonly version: string;
  /** Seconds, 1 when absent: 0 where nothing has to be met on its way. */
  readonly minReadySeconds?: number;
}

export async function installService(
  cluster: TestCluster,
  { folder, version, minReadySeconds = 1 }: Installation,
): Promise<ServiceUnderRelease> {
  const namespace = await aNamespace(cluster);
  const where = ['--kubeconfig', cluster.kubeconfig, '--namespace', namespace];
  const run = async (program: string, args: readonly string[]): Promise<string> =>
    (await execa(join(toolsFolder(), program), [...args, ...where])).stdout;
  // For a configuration beside it, as in a team's repository.
  await cp(chart, join(folder, 'chart'), { recursive: true });
  await run('helm', [
    ...['install', 'tensafe', chart, '--set-string', `image.tag=${version}`],
    ...['--set', `minReadySeconds=${minReadySeconds},database.optional=true`, '--wait', '--timeout', '6m'],
  ]);
  // Helm waits until its pods are ready; a release may begin when they are available.
  await run('kubectl', ['rollout', 'status', 'deployment/tensafe-server']);
  return {
    namespace,
    helm: (...args) => run('helm', args),
    kubectl: (...args) => run('kubectl', args),
    images: async () => {
      const printed = await run('kubectl', [
        'get',
        'pods',
        '-o',
        'jsonpath={.items[*].spec.containers[0].image}',
      ]);
      return [...new Set(printed.split(' '))];
    },
  };
}
