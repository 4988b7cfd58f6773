/** One cluster, one Temporal server, one worker for the whole matrix; each case has a namespace of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, KubernetesObjectApi, type KubeConfig } from '@kubernetes/client-node';
import { Client } from '@temporalio/client';
import { execa } from 'execa';
import { loadKubeConfig } from '../../../local/kube-config.ts';
import { startPlatform } from '../../../local/platform.ts';
import { startWorkerProcess } from '../../../local/worker-process.ts';
import { toolsFolder } from '../cluster.ts';
import { installKeda } from '../keda.ts';
import { startPrometheusServer } from '../prometheus-server.ts';
import { startCompany } from './company.ts';
import { deployment, repository, type MatrixCase } from './case.ts';
import { manifests, writeChart } from './manifests.ts';
import { turns, type Turns } from './turns.ts';
import { startRecorder, type Recorder } from './recorder.ts';
import { connectTo } from '../../../local/temporal-connection.ts';

export const environment = 'test';
export const controlQueue = 'matrix-control';
const context = 'test-cluster';
const installationsAtATime = 4;

export interface Bench {
  readonly kube: KubeConfig;
  readonly client: Client;
  readonly recorder: Recorder;
  /** From now on the new version's requests fail in this namespace. */
  readonly spoilMetrics: (namespace: string) => void;
  /** Few at a time: their pods all start at once. */
  readonly installing: Turns;
  /** Creates the case's target; resolves when all of its pods serve. */
  readonly install: (one: MatrixCase) => Promise<void>;
  /** Tag in the stored values of the case's Helm release. */
  readonly helmTag: (name: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function openBench(cases: readonly MatrixCase[]): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-matrix-'));
  const platform = startPlatform({ bin: toolsFolder(), contexts: [context], unattended: true });
  const stops: (() => Promise<unknown>)[] = [() => platform.stop(), () => rm(folder, { recursive: true })];
  const stop = async () => {
    for (const each of [...stops].reverse()) await each();
  };
  try {
    const [temporal, cluster, prometheus] = await Promise.all([
      platform.temporal,
      platform.cluster,
      startPrometheusServer(),
    ]);
    stops.push(() => prometheus.stop());
    const spoilt = new Set<string>();
    prometheus.answer(/requests_total/, (_time, query) => [requests(query, spoilt)]);

    const kube = loadKubeConfig(cluster.kubeconfig);
    await installKeda({ kubeconfig: cluster.kubeconfig, config: kube });
    const company = await startCompany(kube, cluster.folder);
    stops.push(() => company.stop());
    const recorder = await startRecorder(kube);
    stops.push(() => recorder.stop());

    const configFile = join(folder, 'fairway.yaml');
    await writeFile(configFile, JSON.stringify(configuration(cases, prometheus.url)));

    const worker = startWorkerProcess({
      temporalAddress: temporal.address,
      configFile,
      kubeconfig: cluster.kubeconfig,
      helm: platform.helm,
      logFile: join(folder, 'worker.log'),
    });
    stops.push(() => worker.kill9());
    await worker.ready;
    const connection = await connectTo(temporal.address);
    stops.push(() => connection.close());

    const helm = async (args: readonly string[]) =>
      (await execa(platform.helm, [...args, '--kubeconfig', cluster.kubeconfig])).stdout;
    return {
      kube,
      client: new Client({ connection }),
      recorder,
      spoilMetrics: (namespace) => spoilt.add(namespace),
      installing: turns(installationsAtATime),
      install: (one) => install(one, { kube, recorder, helm, folder }),
      helmTag: async (name) => {
        const values = await helm(['get', 'values', name, '--all', '--output', 'json', '--namespace', name]);
        return (JSON.parse(values) as { readonly image: { readonly tag: string } }).image.tag;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Installer extends Pick<Bench, 'kube' | 'recorder'> {
  readonly helm: (args: readonly string[]) => Promise<string>;
  readonly folder: string;
}

async function install(one: MatrixCase, { kube, recorder, helm, folder }: Installer): Promise<void> {
  const { name, replicas } = one;
  await kube.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name } } });
  if (one.owner === 'helm') {
    await helm(['install', name, await writeChart(one, folder), '--namespace', name]);
  } else {
    const objects = kube.makeApiClient(KubernetesObjectApi);
    for (const object of manifests(one)) await objects.create(object);
  }
  // What the Deployment itself reports comes a moment after its pods.
  await recorder.until(
    name,
    ({ serving, deployments }) => serving.length === replicas && deployments[deployment]?.settled === true,
  );
}

/** 400 requests for each track; of a spoilt one's canary, half fail. */
function requests(query: string, spoilt: ReadonlySet<string>): number {
  const isFailed = query.includes('code=');
  const isNew = /track="(canary|green)"/.test(query);
  const isSpoilt = [...spoilt].some((namespace) => query.includes(`namespace="${namespace}"`));
  if (!isFailed) return 400;
  return isNew && isSpoilt ? 200 : 0;
}

const selector = 'namespace="{{namespace}}",track="{{track}}"';

function configuration(cases: readonly MatrixCase[], prometheus: string): object {
  return {
    temporal: { taskQueue: controlQueue },
    environments: {
      [environment]: { cluster: context, namespace: 'default', taskQueue: 'matrix', prometheus },
    },
    services: Object.fromEntries(
      cases.map((one) => [
        one.name,
        {
          displayName: 'Shop',
          deployment,
          container: 'shop',
          image: repository,
          ...(one.owner === 'helm' ? { helm: { chart: `./${one.name}` } } : {}),
          verification: {
            port: 8000,
            checks: ['replicas', 'pods', patientHealth, 'image'],
          },
          analysis: {
            metrics: one.disturbance?.kind === 'metrics' ? [errorRatio] : [],
            whenInconclusive: 'rollBack',
          },
          timeouts: { rollout: '15m' },
          environments: { [environment]: { namespace: one.name } },
        },
      ]),
    ),
  };
}

/** Everything here runs beside everything else. */
const patientHealth = {
  kind: 'http',
  name: 'health endpoint',
  path: '/health',
  expectJson: { status: 'healthy' },
  timeout: '30s',
};

const errorRatio = {
  kind: 'ratio',
  name: 'errors',
  failed: `sum(increase(http_requests_total{${selector},code=~"5.."}[{{window}}]))`,
  total: `sum(increase(http_requests_total{${selector}}[{{window}}]))`,
  limit: 0.05,
  critical: true,
};
