/** TenSafe with real pods, installed by Helm in a namespace of its own, with the fairway.yaml that describes it. */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CoreV1Api, setHeaderOptions, PatchStrategy } from '@kubernetes/client-node';
import { execa } from 'execa';
import { aNamespace, toolsFolder, type TestCluster } from '../support/cluster.ts';

const chart = fileURLToPath(new URL('../../profiles/tensafe/chart', import.meta.url));

/** Times short enough for a test; a server in production drains longer. */
const values = [
  'replicaCount=3,minReadySeconds=2,preStopSeconds=5,terminationGracePeriodSeconds=20',
  'database.optional=true,resources.requests.cpu=20m,resources.requests.memory=64Mi',
];

const smokeTest = `
const answer = await fetch(process.env.BASE_URL + '/version');
console.log(answer.status, await answer.text());
process.exitCode = answer.ok ? 0 : 1;`;

export interface RealService {
  /** The Service's address within the cluster. */
  readonly address: string;
  readonly configFile: string;
  readonly taskQueue: string;
}

export async function installReal(
  cluster: TestCluster,
  folder: string,
  version: string,
): Promise<RealService> {
  const namespace = await aNamespace(cluster);
  const core = cluster.config.makeApiClient(CoreV1Api);
  await withoutTokens(core, namespace);
  const configFile = join(folder, 'fairway.yaml');
  const taskQueue = `fairway-${namespace}`;
  await cp(chart, join(folder, 'chart'), { recursive: true });
  await writeFile(configFile, configuration(cluster.config.currentContext, namespace, taskQueue));
  await execa(join(toolsFolder(), 'helm'), [
    ...['install', 'tensafe', chart, '--set-string', `image.tag=${version}`, '--set', values.join(',')],
    ...['--kubeconfig', cluster.kubeconfig, '--namespace', namespace, '--wait', '--timeout', '2m'],
  ]);
  const { spec } = await core.readNamespacedService({ name: 'tensafe-server', namespace });
  return { address: spec?.clusterIP ?? '', configFile, taskQueue };
}

/** A small test cluster may have no certificate to mount; the server asks for none. */
async function withoutTokens(core: CoreV1Api, namespace: string): Promise<void> {
  const name = 'default';
  const metadata = { name };
  const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false };
  await core.patchNamespacedServiceAccount(
    { name, namespace, body, fieldManager: 'test', force: true },
    setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
  );
}

function configuration(context: string, namespace: string, taskQueue: string): string {
  return `
temporal: { taskQueue: ${taskQueue} }
environments:
  dev: { cluster: ${context}, namespace: ${namespace}, taskQueue: ${namespace} }
services:
  tensafe:
    displayName: TenSafe
    deployment: tensafe-server
    container: tensafe
    image: tensafe/server
    kubernetesService: tensafe-server
    update: helm
    helm: { release: tensafe, chart: ./chart, imageTagValue: image.tag }
    verification: { port: 8000 }
    canary:
      steps: [{ weight: 34, bake: 10s }, { weight: 67, bake: 10s }, { weight: 100, bake: 10s }]
    blueGreen:
      monitor: 10s
      smokeTests:
        - kind: command
          name: version
          command: [node, --input-type=module, -e, ${JSON.stringify(smokeTest)}]
`;
}
