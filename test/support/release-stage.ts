/**
 * A service on the test cluster for each environment, a Temporal server and a worker: what a test of whole releases
 * stands on. Releases to different environments know nothing of each other.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import { toolsFolder } from './cluster.ts';
import { installService, type Installation, type ServiceUnderRelease } from './service-under-release.ts';
import { temporalCli } from './temporal-cli.ts';

export const taskQueue = 'fairway-stage';

interface ReleaseStage<Environment extends string> {
  readonly temporal: TemporalServer;
  readonly worker: WorkerProcess;
  readonly services: Readonly<Record<Environment, ServiceUnderRelease>>;
}

interface Options<Environment extends string> {
  readonly environments: readonly Environment[];
  readonly minReadySeconds?: number;
  /** What is otherwise in one of them. */
  readonly exceptions?: Partial<Record<Environment, Pick<Installation, 'minReadySeconds'>>>;
}

/** Set up before a file's tests and taken down after them. */
export function useReleaseStage<Environment extends string>(
  cluster: () => Parameters<typeof installService>[0],
  { environments, exceptions, ...installation }: Options<Environment>,
) {
  let folder: string;
  let stage: ReleaseStage<Environment> | undefined;
  const current = (): ReleaseStage<Environment> => {
    if (stage === undefined) throw new Error('the stage is not set before beforeAll');
    return stage;
  };
  const chart = (environment: Environment): string => join(folder, environment, 'chart');
  const install = async (environment: Environment): Promise<[Environment, ServiceUnderRelease]> => {
    const options = { folder: join(folder, environment), version: '4.0.0', ...installation };
    return [environment, await installService(cluster(), { ...options, ...exceptions?.[environment] })];
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairway-stage-'));
    const [temporal, ...installed] = await Promise.all([
      startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true }),
      ...environments.map(install),
    ]);
    const namespaces = Object.fromEntries(installed.map(([name, { namespace }]) => [name, namespace]));
    const configFile = join(folder, 'fairway.yaml');
    await writeFile(configFile, configuration(cluster().config.currentContext, namespaces));
    const worker = startWorkerProcess({
      temporalAddress: temporal.address,
      configFile,
      kubeconfig: cluster().kubeconfig,
      helm: join(toolsFolder(), 'helm'),
      logFile: join(folder, 'worker.log'),
    });
    const services = Object.fromEntries(installed) as Record<Environment, ServiceUnderRelease>;
    stage = { temporal, services, worker };
    await worker.ready;
  });

  afterAll(async () => {
    if (stage === undefined) return;
    await stage.worker.stop();
    await stage.temporal.stop();
    await rm(folder, { recursive: true });
  });

  return {
    /** Of the Temporal server. */
    address: () => current().temporal.address,
    service: (environment: Environment) => current().services[environment],
    /** Path of the chart that a service was installed from. */
    chart,
    ...temporalCli(() => current().temporal.address),
  };
}

/** All of them have the first one's chart, and one queue. */
function configuration(context: string, namespaces: Readonly<Record<string, string>>): string {
  const environments = Object.entries(namespaces).map(
    ([name, namespace]) =>
      `  ${name}: { cluster: ${context}, namespace: ${namespace}, taskQueue: ${taskQueue}-cluster }`,
  );
  return `
temporal: { taskQueue: ${taskQueue} }
environments:
${environments.join('\n')}
services:
  tensafe:
    displayName: TenSafe
    deployment: tensafe-server
    container: tensafe
    image: tensafe/server
    kubernetesService: tensafe-server
    update: helm
    helm: { release: tensafe, chart: ./${Object.keys(namespaces)[0] ?? ''}/chart, imageTagValue: image.tag }
    verification: { port: 8000 }
`;
}
