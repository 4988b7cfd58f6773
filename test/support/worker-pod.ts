/** A worker as its Deployment describes it, run as a process with its service account's token, as a pod would be. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api, type KubeConfig, type V1Deployment } from '@kubernetes/client-node';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';

export interface WorkerPodOptions {
  /** Of an administrator: it asks for the account's token. */
  readonly config: KubeConfig;
  readonly deployment: V1Deployment;
  readonly configFile: string;
  readonly temporalAddress: string;
  readonly helm: string;
  /** Holds the account and the log. */
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Flags of the pod that say where its files and ports are. */
const ofThePod = ['--config', '--health-address', '--metrics-address'];

export async function startWorkerPod(options: WorkerPodOptions): Promise<WorkerProcess> {
  const { config, deployment, folder } = options;
  const spec = deployment.spec?.template.spec;
  const args = [...(spec?.containers[0]?.args ?? [])];
  for (const flag of ofThePod) args.splice(args.indexOf(flag), 2);
  const name = deployment.metadata?.name ?? '';
  const server = new URL(config.getCurrentCluster()?.server ?? '');
  const logFile = join(folder, `${name}.log`);
  const shared = { ...options, logFile };
  if (spec?.automountServiceAccountToken !== true) return startWorkerProcess({ ...shared, args });

  const account = join(folder, name);
  await mountAccount(config, deployment, account);
  return startWorkerProcess({
    ...shared,
    args: [...args, '--service-account', account],
    env: { ...options.env, KUBERNETES_SERVICE_HOST: server.hostname, KUBERNETES_SERVICE_PORT: server.port },
  });
}

/** As the kubelet does: a token that expires, and the authority of the API server. */
async function mountAccount(config: KubeConfig, { metadata, spec }: V1Deployment, folder: string) {
  const { status } = await config.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
    namespace: metadata?.namespace ?? '',
    name: spec?.template.spec?.serviceAccountName ?? '',
    body: { spec: { audiences: [], expirationSeconds: 3600 } },
  });
  const { caFile, caData } = config.getCurrentCluster() ?? {};
  const authority = caData === undefined ? await readFile(caFile ?? '') : Buffer.from(caData, 'base64');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'token'), status?.token ?? '', { mode: 0o600 });
  await writeFile(join(folder, 'ca.crt'), authority);
}
