/** A namespace of its own on the test cluster, a chart that may be changed, and helm as a person has it. */
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { execa } from 'execa';
import { toolsFolder, type TestCluster } from '../../support/cluster.ts';
import type { HelmSpec, Target } from '../../../src/domain/target.ts';
import { aTarget } from '../../support/a-target.ts';

export interface Revision {
  readonly revision: number;
  readonly status: string;
  readonly description: string;
}

/** What Helm stores, as gzip in base64 in a Secret. */
export interface StoredRelease {
  readonly info: { status: string; last_deployed: string };
}

export interface HelmSandbox {
  readonly namespace: string;
  /** kube context. */
  readonly cluster: string;
  readonly kubeconfig: string;
  /** A copy of the profile's chart. */
  readonly chart: string;
  /** A folder that goes with the sandbox. */
  readonly folder: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  target(helm?: Partial<HelmSpec>, helmSeconds?: number): Target;
  /** What a person types; answers stdout. */
  helm(...args: readonly string[]): Promise<string>;
  history(): Promise<readonly Revision[]>;
  clusterImage(): Promise<string | undefined>;
  /** Changes a stored revision, to make it look older or interrupted. */
  editRevision(revision: number, edit: (release: StoredRelease) => void): Promise<void>;
  remove(): Promise<void>;
}

export const profileChart = fileURLToPath(new URL('../../../profiles/tensafe/chart', import.meta.url));

export const helmBinary = (): string => join(toolsFolder(), 'helm');

export async function createHelmSandbox({ kubeconfig, config }: TestCluster): Promise<HelmSandbox> {
  const context = config.getCurrentContext();
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);

  const namespace = `helm-${randomBytes(4).toString('hex')}`;
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  const folder = await mkdtemp(join(tmpdir(), 'fairway-helm-'));
  const chart = join(folder, 'tensafe');
  await cp(profileChart, chart, { recursive: true });

  const helm = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await execa(helmBinary(), [
      ...args,
      ...['--kubeconfig', kubeconfig, '--kube-context', context, '--namespace', namespace],
    ]);
    return stdout;
  };

  return {
    namespace,
    cluster: context,
    kubeconfig,
    chart,
    folder,
    core,
    apps,
    helm,
    target: (spec = {}, helmSeconds = 60) => ({
      service: {
        name: 'tensafe',
        displayName: 'TenSafe',
        deployment: 'tensafe-server',
        container: 'tensafe',
        image: 'tensafe/server',
        kubernetesService: 'tensafe-server',
        update: 'helm',
        helm: { release: 'tensafe', chart, imageTagValue: 'image.tag', ...spec },
        verification: { reach: 'portForward', checks: [] },
        timeouts: { helmSeconds, rolloutSeconds: 60, verificationSeconds: 60 },
      },
      environment: { ...aTarget().environment, name: 'test', cluster: context, namespace, taskQueue: 'test' },
    }),
    history: async () => {
      const listed: unknown = JSON.parse(await helm('history', 'tensafe', '--output', 'json'));
      return (listed as Revision[]).map(({ revision, status, description }) => ({
        revision,
        status,
        description,
      }));
    },
    clusterImage: async () => {
      const deployment = await apps.readNamespacedDeployment({ name: 'tensafe-server', namespace });
      return deployment.spec?.template.spec?.containers[0]?.image;
    },
    editRevision: async (revision, edit) => {
      const name = `sh.helm.release.v1.tensafe.v${revision}`;
      const secret = await core.readNamespacedSecret({ name, namespace });
      const stored = Buffer.from(secret.data?.['release'] ?? '', 'base64').toString();
      const release = JSON.parse(gunzipSync(Buffer.from(stored, 'base64')).toString()) as StoredRelease;
      edit(release);
      const body = gzipSync(JSON.stringify(release)).toString('base64');
      secret.data = { release: Buffer.from(body).toString('base64') };
      const labels = { ...secret.metadata?.labels, status: release.info.status };
      if (secret.metadata !== undefined) secret.metadata.labels = labels;
      await core.replaceNamespacedSecret({ name, namespace, body: secret });
    },
    remove: async () => {
      await core.deleteNamespace({ name: namespace });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs as a worker would; expected failures are not logged. */
export function inActivity<T>(work: () => Promise<T>): Promise<T> {
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(work);
}
