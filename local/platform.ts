/**
 * Everything that a release needs, on this machine: a Temporal server, a cluster with a stand-in for the
 * software, the service installed by Helm, and a worker. For the demo and for end-to-end tests.
 */
import { join } from 'node:path';
import { execa } from 'execa';
import { helmEnvironment } from '../src/activities/helm/helm-environment.ts';
import { searchAttributeNames } from '../src/domain/search-attributes.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { startStandIn } from './stand-in.ts';
import { startTemporalServer, type TemporalServer } from './temporal-server.ts';

export interface PlatformOptions {
  /** Folder with all the tools. */
  readonly bin: string;
  /** kube contexts, all for the one cluster. */
  readonly contexts: readonly string[];
  /** Without the UI, on any free ports: nobody watches. */
  readonly unattended?: boolean;
  /** Of the cluster. */
  readonly auditAccountsOf?: string;
}

/** Its parts start side by side. */
export interface Platform {
  readonly temporal: Promise<TemporalServer>;
  readonly cluster: Promise<Cluster>;
  /** Path of helm. */
  readonly helm: string;
  /** Path of the temporal CLI. */
  readonly temporalCli: string;
  /** Ends whatever has started. May be called twice. */
  readonly stop: () => Promise<void>;
}

export interface Installation {
  readonly release: string;
  readonly chart: string;
  readonly namespace: string;
  readonly context: string;
  readonly version: string;
  /** `key=value` pairs for the chart. */
  readonly values?: readonly string[];
}

export function startPlatform({ bin, contexts, unattended = false, ...cluster }: PlatformOptions): Platform {
  const temporal = startTemporalServer({
    bin,
    headless: unattended,
    ...(unattended ? { port: 0, uiPort: 0 } : {}),
    searchAttributes: Object.values(searchAttributeNames).map((name) => `${name}=Keyword`),
  });
  const clusterAlone = startCluster({ bin, contexts, ...cluster });
  const standIn = clusterAlone.then(({ kubeconfig }) => startStandIn({ kubeconfig }));
  return {
    temporal,
    cluster: standIn.then(() => clusterAlone),
    helm: join(bin, 'helm'),
    temporalCli: join(bin, 'temporal'),
    stop: async () => {
      for (const part of [standIn, clusterAlone, temporal]) {
        const [started] = await Promise.allSettled([part]);
        if (started.status === 'fulfilled') await started.value.stop();
      }
    },
  };
}

/** Installs a service with Helm and waits until it is available. */
export async function install(
  helm: string,
  cluster: Pick<Cluster, 'kubeconfig'>,
  installation: Installation,
): Promise<void> {
  const { release, chart, namespace, context, version, values = [] } = installation;
  const args = [
    ...['install', release, chart, '--create-namespace', '--namespace', namespace],
    ...['--kubeconfig', cluster.kubeconfig, '--kube-context', context],
    ...['--set-string', `image.tag=${version}`, ...values.flatMap((value) => ['--set', value])],
    ...['--wait', '--timeout', '10m'],
  ];
  // Variables of helm's own would lead it to another cluster, whatever these say.
  await execa(helm, args, { env: helmEnvironment(process.env), extendEnv: false });
}
