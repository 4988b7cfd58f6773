/** A TenSafe of its own namespace, installed by Helm, with the fairway.yaml that describes it. */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { aNamespace, toolsFolder, type TestCluster } from './cluster.ts';

const chart = fileURLToPath(new URL('../../profiles/tensafe/chart', import.meta.url));

export interface ServiceUnderRelease {
  readonly namespace: string;
  readonly configFile: string;
  /** Runs helm in the namespace; answers what it printed. */
  helm(...args: string[]): Promise<string>;
  kubectl(...args: string[]): Promise<string>;
  /** Images that the namespace's pods run, each once. */
  images(): Promise<string[]>;
}

export interface Installation {
  readonly folder: string;
  readonly version: string;
  readonly update?: 'helm' | 'image';
}

export async function installService(
  cluster: TestCluster,
  { folder, version, update = 'helm' }: Installation,
): Promise<ServiceUnderRelease> {
  const namespace = await aNamespace(cluster);
  const where = ['--kubeconfig', cluster.kubeconfig, '--namespace', namespace];
  const run = async (program: string, args: readonly string[]): Promise<string> =>
    (await execa(join(toolsFolder(), program), [...args, ...where])).stdout;
  const configFile = join(folder, `${namespace}.yaml`);
  // Beside the configuration, as in a team's repository.
  await cp(chart, join(folder, 'chart'), { recursive: true });
  await writeFile(configFile, configuration(cluster.config.currentContext, namespace, update));
  await run('helm', [
    ...['install', 'tensafe', chart, '--set-string', `image.tag=${version}`],
    ...['--set', 'minReadySeconds=1,database.optional=true', '--wait', '--timeout', '2m'],
  ]);
  return {
    namespace,
    configFile,
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

function configuration(context: string, namespace: string, update: string): string {
  return `
temporal: { taskQueue: fairway-${namespace} }
environments:
  dev: { cluster: ${context}, namespace: ${namespace}, taskQueue: ${namespace} }
services:
  tensafe:
    displayName: TenSafe
    deployment: tensafe-server
    container: tensafe
    image: tensafe/server
    kubernetesService: tensafe-server
    update: ${update}
    helm: { release: tensafe, chart: ./chart, imageTagValue: image.tag }
    verification: { port: 8000 }
`;
}
