/**
 * One service under release: its namespace, installed by Helm, its fairway.yaml, its task queues, and
 * the worker that serves them. Releases follow one another on a lane; the worker that ended one
 * release is the one that is killed in the next.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { execa } from 'execa';
import { install } from '../../local/platform.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { targetWorkflowId } from '../../src/domain/workflow-ids.ts';
import type { UpdateMethod } from '../../src/domain/target.ts';
import { toolsFolder } from '../support/cluster.ts';
import { runTemporal } from '../support/run-temporal.ts';
import { slackToken, type Bench } from './bench.ts';
import { context } from './ground.ts';
import { faultText, parseFaults, type Call, type Fault } from './fault.ts';
import {
  autoscaler,
  chart,
  container,
  controlQueue,
  deployment,
  helmRelease,
  laneConfiguration,
  repository,
} from './lane-configuration.ts';

export interface Lane {
  /** Also the name of the environment and of its task queue. */
  readonly name: string;
  /** By Helm there is an autoscaler, too. */
  readonly method: UpdateMethod;
  /** Workflow ID that holds the target. */
  readonly lock: string;
  /** What is to happen to the next release; each happens once. */
  readonly arm: (faults: readonly Fault[]) => Promise<void>;
  /** Those that have not happened yet. */
  readonly armed: () => Promise<readonly Fault[]>;
  /** Resolves when a call is held. */
  readonly held: (call: Call) => Promise<void>;
  readonly letGo: (call: Call) => Promise<void>;
  /** Resolves when the worker that now serves ends, with the signal or code. */
  readonly workerEnd: () => Promise<number | NodeJS.Signals>;
  /** Starts a worker in place of the dead one; resolves when it serves, or has met its own end. */
  readonly replaceWorker: () => Promise<void>;
  /** A version that was not yet released here. */
  readonly nextVersion: (behaviour: string) => string;
  /** Brings a version past Fairway, and waits until it runs. */
  readonly put: (version: string) => Promise<void>;
  /** Starts a workflow as a person would. */
  readonly start: (type: string, input: object) => Promise<WorkflowHandle>;
  readonly status: () => Promise<ReleaseStatus>;
  readonly helm: (args: readonly string[]) => Promise<string>;
  /** The last lines that its workers wrote. */
  readonly log: () => Promise<string>;
  /** Ends what is still running. */
  readonly close: () => Promise<void>;
}

const statusMilliseconds = 5_000;

/** Another run may have lanes on this cluster, too. */
const series = randomBytes(3).toString('hex');
let lanes = 0;

export async function openLane(bench: Bench, method: UpdateMethod): Promise<Lane> {
  const { cluster, temporal, client, slack, folder } = bench;
  const helmPath = join(toolsFolder(), 'helm');
  const name = `lane-${series}-${(lanes += 1)}`;
  const lock = targetWorkflowId({ service: 'tensafe', environment: name });
  const file = (kind: string) => join(folder, `${name}.${kind}`);
  const faultFile = file('faults');
  await writeFile(file('yaml'), laneConfiguration(name, method));
  await Promise.all([writeFile(faultFile, ''), writeFile(file('calls'), '')]);

  const held = new Map<Call, () => void>();
  const startWorker = (): WorkerProcess =>
    startWorkerProcess({
      temporalAddress: temporal.address,
      configFile: file('yaml'),
      kubeconfig: cluster.kubeconfig,
      helm: helmPath,
      logFile: file('log'),
      entry: bench.worker,
      onLine: (line) => {
        if (line.startsWith('held ')) held.get(line.slice('held '.length) as Call)?.();
      },
      env: {
        FAULT_FILE: faultFile,
        FAULT_CALLS: file('calls'),
        SLACK_BOT_TOKEN: slackToken,
        SLACK_API_URL: slack.url,
      },
    });
  const armed = async () => parseFaults(await readFile(faultFile, 'utf8'));
  const arm = async (faults: readonly Fault[]) => {
    // Renamed into place: the worker never reads half of it.
    await writeFile(file('part'), faults.map(faultText).join('\n'));
    await rename(file('part'), faultFile);
  };
  const where = ['--kubeconfig', cluster.kubeconfig, '--namespace', name];
  const helm = async (args: readonly string[]) => (await execa(helmPath, [...args, ...where])).stdout;
  const untilAvailable = () =>
    cluster.kubectl(['rollout', 'status', `deployment/${deployment}`, '--namespace', name]);

  let worker = startWorker();
  let minor = 0;
  const started: WorkflowHandle[] = [];
  await Promise.all([
    worker.ready,
    install(helmPath, cluster, {
      ...{ release: helmRelease, chart, namespace: name, context, version: '4.0.0' },
      values: ['minReadySeconds=1', 'database.optional=true'],
    }),
  ]);
  // Helm waits until the pods are ready; available they are a moment later.
  await untilAvailable();
  if (method === 'helm')
    await cluster.kubectl(['create', '--filename', '-', '--namespace', name], autoscaler);

  return {
    ...{ name, method, lock, arm, armed, helm },
    held: (call) =>
      new Promise((resolve) => {
        held.set(call, resolve);
      }),
    letGo: async (call) => arm((await armed()).filter((each) => each.call !== call)),
    workerEnd: () => worker.ended,
    replaceWorker: async () => {
      worker = startWorker();
      const { ready, ended } = worker;
      // What is called again at once can be its next death, before it has said that it serves.
      await ready.catch(async (error: unknown) => {
        if ((await ended) !== 'SIGKILL') throw error;
      });
    },
    nextVersion: (behaviour) => `4.${(minor += 1)}.0${behaviour}`,
    put: async (version) => {
      await (method === 'helm'
        ? helm(['upgrade', helmRelease, chart, '--reuse-values', '--set-string', `image.tag=${version}`])
        : cluster.kubectl([
            ...['set', 'image', `deployment/${deployment}`, `${container}=${repository}:${version}`],
            ...['--namespace', name],
          ]));
      await untilAvailable();
    },
    start: async (type, input) => {
      const workflowId = `${name}-${type}-${started.length + 1}`;
      await runTemporal([
        ...['workflow', 'start', '--type', type, '--task-queue', controlQueue(name)],
        ...['--workflow-id', workflowId, '--fail-existing'],
        ...['--input', JSON.stringify({ service: 'tensafe', environment: name, ...input })],
        ...['--address', temporal.address],
      ]);
      const handle = client.workflow.getHandle(workflowId);
      started.push(handle);
      return handle;
    },
    status: () =>
      // While there is no worker, nobody answers.
      client.withDeadline(Date.now() + statusMilliseconds, () =>
        client.workflow.getHandle(lock).query<ReleaseStatus>('status'),
      ),
    log: async () => (await readFile(file('log'), 'utf8')).split('\n').slice(-40).join('\n'),
    close: async () => {
      await worker.kill9();
      const left = [client.workflow.getHandle(lock), ...started];
      await Promise.all(left.map((handle) => handle.terminate().catch(() => undefined)));
      await cluster.kubectl(['delete', 'namespace', name, '--wait=false']);
    },
  };
}
