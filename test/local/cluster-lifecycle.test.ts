import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { startCluster, type Cluster, type ClusterOptions } from '../../local/cluster.ts';
import { freePorts } from '../../local/free-port.ts';
import { startStandIn } from '../../local/stand-in.ts';
import { aNamespace, toolsFolder, type TestCluster } from '../support/cluster.ts';
import { isReady, podsOf, untilAPod, untilReady } from '../support/cluster-pods.ts';
import { getThroughPortForward } from '../support/cluster-requests.ts';
import { installWorkload } from '../support/cluster-workload.ts';
import { eventually } from '../support/eventually.ts';
import { processesWith } from '../support/processes.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-test-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function aCluster(workDir: string, ports: ClusterOptions['ports'] = {}): Promise<Cluster> {
  const cluster = await startCluster({
    bin: toolsFolder(),
    workDir,
    contexts: ['dev-cluster', 'prod-cluster'],
    ports,
  });
  cleanUps.push(cluster.stop);
  return cluster;
}

function clientOf(cluster: Cluster): TestCluster {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  return { kubeconfig: cluster.kubeconfig, config };
}

/** No event tells of another process's children: looks again until nothing is left, or says what is. */
async function leftIn(folder: string): Promise<readonly string[]> {
  let left: readonly string[] = [];
  for (const deadline = Date.now() + 150_000; Date.now() < deadline; await sleep(100)) {
    left = [...(await processesWith(folder)), ...(await readdir(folder))];
    if (left.length === 0) break;
  }
  return left;
}

test('two clusters that want the same ports run at once, each its own, and leave nothing when stopped', async () => {
  const folder = await aFolder();
  const [etcd = 0, apiServer = 0] = await freePorts([0, 0]);
  const ports = { etcd, apiServer };
  const [one, other] = await Promise.all([aCluster(folder, ports), aCluster(folder, ports)]);
  await one.kubectl(['create', 'namespace', 'only-in-one']);
  const namespaces = await other.kubectl([
    '--context',
    'prod-cluster',
    'get',
    'namespaces',
    '--output',
    'name',
  ]);
  expect(namespaces).not.toContain('only-in-one');
  expect(await one.kubectl(['--context', 'dev-cluster', 'get', 'nodes', '--no-headers'])).toMatch(
    /(.* Ready .*\n?){3}/,
  );
  await Promise.all([one.stop(), other.stop()]);
  expect(await processesWith(folder)).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
  await one.stop();
});

test('everything listens on loopback only', async () => {
  const folder = await aFolder();
  await aCluster(folder);
  const flags = (await processesWith(folder)).join('\n');
  expect(flags).toContain('--bind-address=127.0.0.1');
  expect(flags).not.toContain('0.0.0.0');
});

test('the API server can go and come back: what was there is there, and new pods answer', async () => {
  const cluster = await aCluster(await aFolder());
  const client = clientOf(cluster);
  const standIn = await startStandIn({ kubeconfig: cluster.kubeconfig, workDir: cluster.folder });
  cleanUps.push(standIn.stop);
  const namespace = await aNamespace(client);
  await installWorkload(client, { namespace, tag: '4.0.0', replicas: 1 });
  const [before] = await untilReady(client, namespace, 1);

  await cluster.stopApiServer();
  // Killed, it closes its connections a moment later.
  const refusal = () => podsOf(client, namespace).then(() => '', String);
  await eventually(refusal, (said) => said.includes('ECONNREFUSED'));

  await cluster.startApiServer();
  expect((await podsOf(client, namespace)).map((pod) => pod.metadata?.uid)).toEqual([before?.metadata?.uid]);
  await client.config
    .makeApiClient(CoreV1Api)
    .deleteNamespacedPod({ namespace, name: before?.metadata?.name ?? '' });
  // The old one may be gone before the watch begins.
  const after = await untilAPod(
    client,
    { namespace, wish: 'another ready pod', timeoutMs: 150_000 },
    (pod) => isReady(pod) && pod.metadata?.uid !== before?.metadata?.uid,
  );
  expect((await getThroughPortForward(client, after, 8000, '/health')).status).toBe(200);
}, 600_000);

async function anOwner(
  folder: string,
): Promise<{ readonly owner: ChildProcess; readonly says: (line: string) => Promise<void> }> {
  const program = fileURLToPath(new URL('../support/cluster-owner.ts', import.meta.url));
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  const owner = spawn(process.execPath, [tsx, program, toolsFolder(), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const lines = createInterface({ input: owner.stdout });
  const said = new Set<string>();
  lines.on('line', (line) => said.add(line));
  return {
    owner,
    says: async (line) => {
      while (!said.has(line)) await new Promise((resolve) => lines.once('line', resolve));
    },
  };
}

test.each([
  ['SIGKILL', 'ready'],
  ['SIGKILL', 'starting'],
  ['SIGINT', 'ready'],
] as const)(
  'an owner that ends by %s when it is %s leaves no process and no folder',
  async (signal, when) => {
    const folder = await aFolder();
    const { owner, says } = await anOwner(folder);
    await says(when);
    // Where there is nothing yet, nothing can be left: wait for the first process of the cluster.
    while (when === 'starting' && (await processesWith(`${folder}/fairway-cluster`)).length < 4)
      await sleep(20);
    process.kill(-(owner.pid ?? 0), signal);
    expect(await leftIn(folder)).toEqual([]);
  },
  600_000,
);
