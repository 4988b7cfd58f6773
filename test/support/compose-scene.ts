/** What docker-compose.yml deploys, with a service to release, a Slack to tell of it, and the image's worker. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Deployment } from '@kubernetes/client-node';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { freePorts } from '../../local/free-port.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import { toolsFolder, type TestCluster } from './cluster.ts';
import { untilSeen } from './cluster-watch.ts';
import { startTopology, type Topology } from './compose-topology.ts';
import { runTemporal } from './run-temporal.ts';
import { installService, type ServiceUnderRelease } from './service-under-release.ts';
import { startSlackServer, type SlackServer } from './slack-server.ts';
import { connectTo } from '../../local/temporal-connection.ts';

export interface ComposeScene {
  readonly folder: string;
  readonly topology: Topology;
  readonly service: ServiceUnderRelease;
  readonly slack: SlackServer;
  readonly client: Client;
  /** Where the worker answers about its health. */
  readonly healthPort: number;
  /** Resolves when it serves; today's, when no entry point is given. */
  readonly startWorker: (entry?: string) => Promise<WorkerProcess>;
  /** Starts a release as a person does; resolves when the first pods of its canary serve. */
  readonly canaryUnderWay: (version: string) => Promise<WorkflowHandle>;
  readonly close: () => Promise<void>;
}

export const slackChannel = '#releases';
const token = 'xoxb-test';
const canaryTimeoutMs = 300_000;

export async function openComposeScene(cluster: TestCluster): Promise<ComposeScene> {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-compose-scene-'));
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const cleanUps = [async () => rm(folder, { recursive: true })];
  const close = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  const kept = async <T extends { readonly stop: () => Promise<void> }>(starting: Promise<T>) => {
    const started = await starting;
    cleanUps.push(started.stop);
    return started;
  };
  const starting = [
    kept(startTopology(toolsFolder())),
    installService(cluster, { folder, version: '4.0.0' }),
    kept(startSlackServer({ token, channels: [{ id: 'C0OPS', name: slackChannel.slice(1), member: true }] })),
  ] as const;
  try {
    // What started beside one that did not is ended, too.
    await Promise.allSettled(starting);
    const [topology, service, slack] = await Promise.all(starting);
    const connection = await connectTo(topology.temporal.address);
    cleanUps.push(() => connection.close());
    const [healthPort = 0] = await freePorts([0]);
    const configFile = join(folder, 'fairway.yaml');
    await writeFile(configFile, configuration(cluster.config.currentContext, service.namespace));
    const client = new Client({ connection });
    return {
      ...{ folder, topology, service, slack, client, healthPort, close },
      startWorker: async (entry) => {
        const worker = startWorkerProcess({
          ...(entry === undefined ? {} : { entry }),
          temporalAddress: topology.temporal.address,
          configFile,
          kubeconfig: cluster.kubeconfig,
          helm: join(toolsFolder(), 'helm'),
          logFile: join(folder, 'worker.log'),
          args: ['--health-address', `127.0.0.1:${healthPort}`],
          env: { SLACK_BOT_TOKEN: token, SLACK_API_URL: slack.url, HOME: temporary, TMPDIR: temporary },
        });
        cleanUps.push(worker.kill9);
        await worker.ready;
        return worker;
      },
      canaryUnderWay: async (version) => {
        const serves = untilCanaryServes(cluster, service.namespace);
        const workflowId = `tensafe-${version}`;
        const input = { service: 'tensafe', environment: 'dev', version, strategy: 'canary' };
        await runTemporal([
          ...['workflow', 'start', '--type', 'release', '--task-queue', 'fairway'],
          ...['--workflow-id', workflowId, '--fail-existing', '--input', JSON.stringify(input)],
          ...['--address', topology.temporal.address],
        ]);
        await serves;
        return client.workflow.getHandle(workflowId);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function untilCanaryServes(cluster: TestCluster, namespace: string): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  await untilSeen<V1Deployment>(
    cluster,
    { path, wish: 'a canary that serves', timeoutMs: canaryTimeoutMs },
    ({ metadata, status }) =>
      metadata?.name === 'tensafe-server-canary' && (status?.availableReplicas ?? 0) > 0,
  );
}

/** The bake is long enough for what happens during it. */
function configuration(context: string, namespace: string): string {
  return `
environments:
  dev:
    cluster: ${context}
    namespace: ${namespace}
    slackChannel: '${slackChannel}'
    announcement: { lead: 0s }
services:
  tensafe:
    displayName: TenSafe
    deployment: tensafe-server
    container: tensafe
    image: tensafe/server
    kubernetesService: tensafe-server
    helm: { release: tensafe, chart: ./chart, imageTagValue: image.tag }
    verification: { port: 8000 }
    canary: { steps: [{ weight: 34, bake: 5s }, { weight: 100, bake: 1s }] }
`;
}
