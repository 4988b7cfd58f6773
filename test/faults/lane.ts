/**
 * One service under release: its namespace, installed by Helm, its fairway.yaml, its task queues, and
 * the worker that serves them. Releases follow one another on a lane; the worker that ended one
 * release is the one that is killed in the next.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { execa } from 'execa';
import { install } from '../../local/platform.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { targetWorkflowId } from '../../src/domain/workflow-ids.ts';
import type { UpdateMethod } from '../../src/domain/target.ts';
import { context, slackChannel, slackToken, type Bench } from './bench.ts';
import { faultText, type Fault } from './fault.ts';

const chart = fileURLToPath(new URL('../../profiles/tensafe/chart', import.meta.url));
const helmRelease = 'tensafe';
export const deployment = 'tensafe-server';
export const repository = 'tensafe/server';

export interface Lane {
  /** Also the name of the environment and of its task queue. */
  readonly name: string;
  readonly method: UpdateMethod;
  /** Workflow ID that holds the target. */
  readonly lock: string;
  /** The worker is to die at this call of the next release. */
  readonly arm: (fault: Fault) => Promise<void>;
  /** Resolves when the worker that now serves ends, with the signal or code. */
  readonly workerEnd: () => Promise<number | NodeJS.Signals>;
  /** Starts an ordinary worker in place of the dead one; resolves when it serves. */
  readonly replaceWorker: () => Promise<void>;
  /** A version that was not yet released here. */
  readonly nextVersion: (behaviour: string) => string;
  /** Starts a release as a person would. */
  readonly release: (version: string) => Promise<WorkflowHandle>;
  readonly status: () => Promise<ReleaseStatus>;
  readonly helm: (args: readonly string[]) => Promise<string>;
  /** The last lines that its workers wrote. */
  readonly log: () => Promise<string>;
  readonly close: () => Promise<void>;
}

const statusMilliseconds = 5_000;

let lanes = 0;

export async function openLane(bench: Bench, method: UpdateMethod, version = '4.0.0'): Promise<Lane> {
  const { cluster, temporal, platform, client, slack } = bench;
  const name = `lane-${(lanes += 1)}`;
  const lock = targetWorkflowId({ service: 'tensafe', environment: name });
  const [configFile, faultFile, logFile] = [`${name}.yaml`, `${name}.fault`, `${name}.log`].map((file) =>
    join(cluster.folder, file),
  ) as [string, string, string];
  await writeFile(configFile, configuration(name, method));
  await writeFile(faultFile, '');

  const startWorker = (): WorkerProcess =>
    startWorkerProcess({
      temporalAddress: temporal.address,
      configFile,
      kubeconfig: cluster.kubeconfig,
      helm: platform.helm,
      logFile,
      entry: bench.worker,
      env: {
        FAULT_FILE: faultFile,
        FAULT_BUNDLE: bench.bundle,
        SLACK_BOT_TOKEN: slackToken,
        SLACK_API_URL: slack.url,
      },
    });
  let worker = startWorker();
  let minor = 0;
  await Promise.all([
    worker.ready,
    install(platform.helm, cluster, {
      ...{ release: helmRelease, chart, namespace: name, context, version },
      values: ['minReadySeconds=1', 'database.optional=true'],
    }),
  ]);

  // Helm waits until the pods are ready; available they are a moment later.
  await cluster.kubectl(['rollout', 'status', `deployment/${deployment}`, '--namespace', name]);

  return {
    name,
    method,
    lock,
    arm: (fault) => writeFile(faultFile, faultText(fault)),
    workerEnd: () => worker.ended,
    replaceWorker: async () => {
      await writeFile(faultFile, '');
      worker = startWorker();
      await worker.ready;
    },
    nextVersion: (behaviour) => `4.${(minor += 1)}.0${behaviour}`,
    release: async (newVersion) => {
      const workflowId = `${name}-${newVersion}`;
      const input = { service: 'tensafe', environment: name, version: newVersion };
      await execa(platform.temporalCli, [
        ...['workflow', 'start', '--type', 'standardDeployment', '--task-queue', controlQueue(name)],
        ...['--workflow-id', workflowId, '--fail-existing', '--input', JSON.stringify(input)],
        ...['--address', temporal.address],
      ]);
      return client.workflow.getHandle(workflowId);
    },
    status: () =>
      // While there is no worker, nobody answers.
      client.withDeadline(Date.now() + statusMilliseconds, () =>
        client.workflow.getHandle(lock).query<ReleaseStatus>('status'),
      ),
    helm: async (args) => {
      const where = ['--kubeconfig', cluster.kubeconfig, '--namespace', name];
      return (await execa(platform.helm, [...args, ...where])).stdout;
    },
    log: async () => (await readFile(logFile, 'utf8')).split('\n').slice(-40).join('\n'),
    close: () => worker.kill9(),
  };
}

function controlQueue(name: string): string {
  return `${name}-control`;
}

function configuration(name: string, method: UpdateMethod): string {
  const helm = `helm: { release: ${helmRelease}, chart: ${chart} }`;
  return `
temporal: { taskQueue: ${controlQueue(name)} }
environments:
  ${name}:
    cluster: ${context}
    namespace: ${name}
    taskQueue: ${name}
    slackChannel: '${slackChannel}'
    announcement: { lead: 0s }
services:
  tensafe:
    displayName: TenSafe
    deployment: ${deployment}
    container: tensafe
    image: ${repository}
    kubernetesService: tensafe-server
    update: ${method}
    ${method === 'helm' ? helm : ''}
    verification: { port: 8000 }
    timeouts: { helm: 1m, rollout: 2m, verification: 1m }
`;
}
