/** TenSafe with real pods, installed by Helm in a namespace of its own. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { aNamespace, toolsFolder, type TestCluster } from '../support/cluster.ts';

const chart = fileURLToPath(new URL('../../profiles/tensafe/chart', import.meta.url));

/** Times short enough for a test; a server in production drains longer. */
const values = [
  'replicaCount=3,minReadySeconds=2,preStopSeconds=5,terminationGracePeriodSeconds=20',
  'database.optional=true,resources.requests.cpu=20m,resources.requests.memory=64Mi',
];

export interface RealService {
  readonly namespace: string;
  /** The Service's address within the cluster. */
  readonly address: string;
  /** Beside the configuration, as in a team's repository. */
  readonly chart: string;
  /** Runs helm in the namespace; answers what it printed. */
  helm(...args: string[]): Promise<string>;
  kubectl(...args: string[]): Promise<string>;
}

export interface Installation {
  readonly folder: string;
  readonly version: string;
  /** More values of the chart, as `--set` takes them. */
  readonly values?: string;
}

export async function installReal(
  cluster: TestCluster,
  { folder, version, values: more }: Installation,
): Promise<RealService> {
  const namespace = await aNamespace(cluster);
  const where = ['--kubeconfig', cluster.kubeconfig, '--namespace', namespace];
  const run = async (program: string, args: readonly string[]): Promise<string> =>
    (await execa(join(toolsFolder(), program), [...args, ...where])).stdout;
  const copy = join(folder, 'chart');
  await cp(chart, copy, { recursive: true });
  await run('helm', [
    ...['install', 'tensafe', copy, '--set-string', `image.tag=${version}`],
    ...['--set', [...values, ...(more === undefined ? [] : [more])].join(','), '--wait', '--timeout', '2m'],
  ]);
  return {
    namespace,
    address: await run('kubectl', ['get', 'service', 'tensafe-server', '-o', 'jsonpath={.spec.clusterIP}']),
    chart: copy,
    helm: (...args) => run('helm', args),
    kubectl: (...args) => run('kubectl', args),
  };
}
