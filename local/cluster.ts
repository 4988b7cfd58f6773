/**
 * A local Kubernetes cluster: real etcd, API server, controller manager and scheduler, with KWOK
 * nodes that simulate the containers. Pods start only once a stand-in answers for them
 * (`stand-in.ts`).
 */
import { readFile, rm, writeFile, mkdtemp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { execa } from 'execa';
import { keep } from './keep.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { writeAuditPolicy } from './kwok/audit-policy.ts';
import { startAnswering } from './kwok/answering.ts';
import { choosePorts, type ClusterPorts } from './kwok/cluster-ports.ts';
import { kwokConfiguration } from './kwok/configuration.ts';
import { expectPorts, lostPort, whileHoldingPorts } from './kwok/lost-port.ts';
import type { PodTimes } from './kwok/pod-stages.ts';
import { untilEnded } from './process-list.mjs';

export interface ClusterOptions {
  /** Folder of etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl, kwok, kwokctl. */
  readonly bin: string;
  /** Where the cluster's own folder is made; the system's temporary folder when absent. */
  readonly workDir?: string;
  /** Context names that the kubeconfig holds, all for this one cluster; the first is current. */
  readonly contexts: readonly string[];
  readonly nodes?: number;
  readonly podTimes?: Partial<PodTimes>;
  /** Preferred ones; others when they are taken, any when absent. */
  readonly ports?: Partial<ClusterPorts>;
  /** Keep a record of the requests of a namespace's service accounts. */
  readonly auditAccountsOf?: string;
  readonly log?: (line: string) => void;
}

export interface Cluster {
  /** Path of a kubeconfig with the given contexts. */
  readonly kubeconfig: string;
  /** Its folder, for files that shall go when the cluster goes. */
  readonly folder: string;
  /** Where requests are recorded, one a line, as `auditAccountsOf` asked for. */
  readonly auditLog: string;
  /** Runs kubectl against the cluster; answers what it printed. Throws with its error text. */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<string>;
  /** Ends every process and removes the folder. May be called twice. */
  readonly stop: () => Promise<void>;
  /** Kills the API server; everything else stays. For seconds: after longer, pods too need as long to go on. */
  readonly stopApiServer: () => Promise<void>;
  /** Starts it again, same port, same arguments, and the controllers afresh; resolves when it is ready. */
  readonly startApiServer: () => Promise<void>;
}

const defaultPodTimes: PodTimes = { startMs: 400, readyMs: 400, terminationMs: 1_000 };

/** A busy machine takes many times the usual three seconds. */
const startTimeout = '180s';

const maxAttempts = 3;

/** Ready in seconds. When this process ends, however it ends, the cluster goes with it. */
export async function startCluster(options: ClusterOptions, attempt = 1): Promise<Cluster> {
  const folder = await mkdtemp(join(options.workDir ?? tmpdir(), 'fairway-cluster-'));
  const keeper = keep({ marker: folder, folder });
  try {
    return { ...(await start(options, folder)), folder, stop: keeper.end };
  } catch (error) {
    const isAgain = attempt < maxAttempts && (await lostPort(logsOf(homeOf(folder)))) !== undefined;
    await keeper.end();
    if (isAgain) return startCluster(options, attempt + 1);
    throw error;
  }
}

/** Its name for kwokctl, which keeps each cluster in a folder of that name. */
const name = 'local';
const homeOf = (folder: string): string => join(folder, 'clusters', name);
const logsOf = (home: string): string => join(home, 'logs');

async function start(options: ClusterOptions, folder: string): Promise<Omit<Cluster, 'stop' | 'folder'>> {
  const { bin, log = () => {} } = options;
  const env = { KWOK_WORKDIR: folder, PATH: [bin, process.env['PATH'] ?? ''].join(delimiter) };
  const kubeconfig = join(folder, 'kubeconfig');
  const generated = join(folder, 'kwok-kubeconfig');
  const home = homeOf(folder);
  await mkdir(home, { recursive: true });

  const kwokctl = (args: readonly string[]) =>
    execa(join(bin, 'kwokctl'), [...args, '--name', name], { env });
  const kubectl = async (args: readonly string[], input?: string) => {
    const given = input === undefined ? {} : { input };
    const result = await execa(join(bin, 'kubectl'), ['--kubeconfig', kubeconfig, ...args], given);
    return result.stdout;
  };

  const killComponent = async (component: string) => {
    const pidFile = join(home, 'pids', `${component}.pid`);
    const killed = Number(await readFile(pidFile, 'utf8'));
    process.kill(killed, 'SIGKILL');
    // Its port is free once it has ended.
    await untilEnded([killed]);
    // kwokctl starts what has no pid file; a killed process that nobody reaped yet would pass for running.
    await rm(pidFile);
  };

  log('starting the cluster');
  const kubelet = await createCluster(options, { folder, home, generated, kwokctl });
  let answering = startAnswering({ bin, home, port: kubelet });
  await writeKubeconfig({ from: generated, to: kubeconfig, contexts: options.contexts });
  await kwokctl(['scale', 'node', '--replicas', String(options.nodes ?? 3)]);
  await kubectl(['wait', 'node', '--all', '--for', 'condition=Ready', '--timeout', startTimeout]);
  await expectPorts(logsOf(home));
  log('cluster ready');

  return {
    kubeconfig,
    auditLog: join(logsOf(home), 'audit.log'),
    kubectl,
    stopApiServer: () => killComponent('kube-apiserver'),
    startApiServer: async () => {
      // Afresh: they would look for what they missed only as long after the outage as that lasted.
      await Promise.all(['kube-controller-manager', 'kube-scheduler'].map(killComponent));
      await answering.end();
      await kwokctl(['start', 'cluster', '--wait', startTimeout]);
      await kubectl(['get', '--raw', '/readyz']);
      answering = startAnswering({ bin, home, port: kubelet });
    },
  };
}

interface Creation {
  readonly folder: string;
  readonly home: string;
  readonly generated: string;
  readonly kwokctl: (args: readonly string[]) => Promise<unknown>;
}

/** Answers the port of the nodes' kubelets. */
async function createCluster(
  options: ClusterOptions,
  { folder, home, generated, kwokctl }: Creation,
): Promise<number> {
  const ports = await choosePorts(options.ports);
  const configuration = join(folder, 'kwok.yaml');
  const times = { ...defaultPodTimes, ...options.podTimes };
  const etcdPrefix = `/${basename(folder)}`;
  const accountsOf = options.auditAccountsOf;
  const policy = accountsOf === undefined ? undefined : await writeAuditPolicy(folder, accountsOf);
  await writeFile(configuration, kwokConfiguration(ports, times, etcdPrefix, policy));
  const binaries = {
    etcd: 'etcd',
    'kube-apiserver': 'kube-apiserver',
    'kube-controller-manager': 'kube-controller-manager',
    'kube-scheduler': 'kube-scheduler',
    'kwok-controller': 'kwok',
  };
  const flags = Object.entries(binaries).flatMap(([component, file]) => [
    `--${component}-binary`,
    join(options.bin, file),
  ]);
  const create = ['create', 'cluster', '--config', configuration, '--kubeconfig', generated];
  await whileHoldingPorts(logsOf(home), kwokctl([...create, '--wait', startTimeout, ...flags]));
  return ports.kubelet;
}
