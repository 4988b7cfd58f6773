/** The service account of the pod that a worker runs in, as a kube context: fairway.yaml names clusters by context. */
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { EnvironmentSpec } from '../domain/target.ts';
import type { WorkerArguments } from './arguments.ts';
import { StartError } from './start-error.ts';

/** Where Kubernetes mounts a pod's account. */
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

interface PodAccount {
  /** Name under which the cluster is known. */
  readonly context: string;
  /** With `token` and `ca.crt`. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface ClusterAccess {
  readonly kubeConfig: KubeConfig;
  /** For helm; its own rules when absent. */
  readonly kubeconfigPath?: string;
  /** Removes what was written for it. */
  readonly close: () => Promise<void>;
}

/** Throws `StartError`. */
export async function openClusters(
  { kubeconfig, inCluster, serviceAccount }: WorkerArguments,
  served: readonly EnvironmentSpec[],
): Promise<ClusterAccess> {
  if (inCluster !== undefined) {
    const elsewhere = served.find(({ cluster }) => cluster !== inCluster);
    if (elsewhere !== undefined)
      throw new StartError(
        `Environment ${elsewhere.name} is on cluster ${elsewhere.cluster}, and --in-cluster ${inCluster} reaches no other than ${inCluster}: ` +
          'name the environments of this cluster by --environment, and serve the others by a worker in their own.',
        2,
      );
    const folder = serviceAccount ?? accountFolder;
    return inClusterAccess({ context: inCluster, folder, environment: process.env });
  }
  const kubeConfig = new KubeConfig();
  if (kubeconfig === undefined) kubeConfig.loadFromDefault();
  else kubeConfig.loadFromFile(kubeconfig);
  return {
    kubeConfig,
    ...(kubeconfig === undefined ? {} : { kubeconfigPath: kubeconfig }),
    close: async () => {},
  };
}

/**
 * Both ways to the cluster read the token anew as it is renewed: this process by its path, helm from a kubeconfig
 * that names the path and holds no secret. Throws `StartError` outside a pod.
 */
export async function inClusterAccess(account: PodAccount): Promise<Required<ClusterAccess>> {
  const { context, folder, environment } = account;
  const [tokenFile, caFile] = [join(folder, 'token'), join(folder, 'ca.crt')];
  const server = apiServer(environment);
  await Promise.all([tokenFile, caFile].map(mustBeReadable));
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromOptions({
    clusters: [{ name: context, caFile, server, skipTLSVerify: false }],
    users: [{ name: 'pod', authProvider: { name: 'tokenFile', config: { tokenFile } } }],
    contexts: [{ name: context, cluster: context, user: 'pod' }],
    currentContext: context,
  });
  const written = await mkdtemp(join(tmpdir(), 'fairway-'));
  const kubeconfigPath = join(written, 'kubeconfig');
  const forHelm = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name: 'pod', user: { tokenFile } }],
    contexts: [{ name: context, context: { cluster: context, user: 'pod' } }],
    'current-context': context,
  };
  await writeFile(kubeconfigPath, JSON.stringify(forHelm), { mode: 0o600 });
  return { kubeConfig, kubeconfigPath, close: () => rm(written, { recursive: true, force: true }) };
}

function apiServer(environment: PodAccount['environment']): string {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = environment['KUBERNETES_SERVICE_PORT'];
  if (host === undefined || port === undefined)
    throw new StartError(
      '--in-cluster is for a worker in a pod, and KUBERNETES_SERVICE_HOST is not set here. Elsewhere, use --kubeconfig FILE.',
      2,
    );
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function mustBeReadable(file: string): Promise<void> {
  try {
    await access(file);
  } catch {
    throw new StartError(
      `--in-cluster needs the pod's service account, and ${file} cannot be read. ` +
        'Let the pod mount it (automountServiceAccountToken: true), or say where it is (--service-account FOLDER).',
      2,
    );
  }
}
