/** What the files of this folder share: a service on real pods, a worker and Temporal for it, and releases under load. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, jest } from '@jest/globals';
import { execa } from 'execa';
import { startTemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess } from '../../local/worker-process.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { toolsFolder, useCluster } from '../support/cluster.ts';
import { configuration } from './configuration.ts';
import { printFigures } from './figures.ts';
import { startLoad, type Answer } from './load.ts';
import { startPrometheus } from './prometheus.ts';
import { installReal, type RealService } from './real-service.ts';
import type { Run } from './run.ts';
import { versions } from '../../local/real-versions.ts';

/** Real pods take their time, and the machine may be busy. */
const testTimeoutMs = 6 * 60_000;
const startTimeoutMs = 4 * 60_000;
/** How long the load goes on before and after a release: long enough to tell who serves (milliseconds). */
const steadyMs = 6_000;
const pollMs = 200;

export interface Installed {
  /** Default: the first version. */
  readonly version?: string;
  /** More values of the chart, as `--set` takes them. */
  readonly values?: string;
  /** The program of a Prometheus that judges; absent: only the pods are judged. */
  readonly prometheus?: string;
}

export interface Bench {
  service(): RealService;
  /** Runs a workflow to its end while the load goes on. The name is for people. */
  underLoad(name: string, work: () => Promise<ReleaseStatus>): Promise<Run>;
  /** Starts a workflow with the `temporal` CLI and waits for its end. */
  execute(type: string, request: object): Promise<ReleaseStatus>;
  /** Starts one and waits until it does this. Answers how to wait for its end. */
  startUntil(type: string, request: object, phase: string): Promise<() => Promise<ReleaseStatus>>;
}

interface Stand {
  readonly service: RealService;
  readonly temporal: string;
  readonly taskQueue: string;
}

/** Call at the top of a test file; use the answer inside tests. */
export function useBench(installed: Installed = {}): Bench {
  jest.setTimeout(testTimeoutMs);
  const cluster = useCluster();
  const runs: Run[] = [];
  /** Ended in reverse. */
  const running: (() => Promise<unknown>)[] = [];
  let stand: Stand;
  let count = 0;

  beforeAll(async () => {
    const { kubeconfig, config } = cluster();
    const folder = await mkdtemp(join(tmpdir(), 'fairway-real-'));
    running.push(() => rm(folder, { recursive: true }));
    const temporal = await startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
    running.push(temporal.stop);
    const { version = versions.first, values, prometheus } = installed;
    const service = await installReal(cluster(), {
      ...{ folder, version },
      ...(values === undefined ? {} : { values }),
    });
    const { namespace } = service;
    const judge =
      prometheus === undefined ? undefined : await startPrometheus(prometheus, { folder, config, namespace });
    if (judge !== undefined) running.push(judge.stop);
    const taskQueue = `fairway-${namespace}`;
    const configFile = join(folder, 'fairway.yaml');
    const url = judge === undefined ? {} : { prometheus: judge.url };
    await writeFile(
      configFile,
      configuration({ context: config.currentContext, namespace, taskQueue, ...url }),
    );
    const worker = startWorkerProcess({
      ...{ temporalAddress: temporal.address, configFile, kubeconfig },
      helm: join(toolsFolder(), 'helm'),
      logFile: join(folder, 'worker.log'),
    });
    running.push(worker.stop);
    await worker.ready;
    stand = { service, temporal: temporal.address, taskQueue };
  }, startTimeoutMs);

  afterAll(async () => {
    printFigures(runs);
    for (const end of running.reverse()) await end();
  });

  const cli = async (...args: string[]): Promise<string> =>
    (await execa(join(toolsFolder(), 'temporal'), [...args, '--address', stand.temporal], { reject: false }))
      .stdout;

  const statusOf = async (workflowId: string): Promise<ReleaseStatus> => {
    const printed = await cli('workflow', 'query', '-w', workflowId, '--type', 'status', '--output', 'json');
    return (JSON.parse(printed) as { queryResult: [ReleaseStatus] }).queryResult[0];
  };

  const run = async (verb: 'start' | 'execute', type: string, request: object): Promise<string> => {
    count += 1;
    const workflowId = `real-${count}`;
    const input = { service: 'tensafe', environment: 'dev', requestedBy: 'ana@example.com', ...request };
    await cli(
      ...['workflow', verb, '--type', type, '--task-queue', stand.taskQueue],
      ...['--workflow-id', workflowId, '--input', JSON.stringify(input)],
    );
    return workflowId;
  };

  return {
    service: () => stand.service,
    execute: async (type, request) => statusOf(await run('execute', type, request)),
    startUntil: async (type, request, phase) => {
      const workflowId = await run('start', type, request);
      for (;;) {
        const status = await statusOf(workflowId);
        if (status.phase === phase) break;
        if (status.outcome !== undefined)
          throw new Error(`It ended before "${phase}": ${status.reason ?? ''}`);
        await sleep(pollMs);
      }
      return async () => {
        await cli('workflow', 'result', '-w', workflowId);
        return statusOf(workflowId);
      };
    },
    underLoad: async (name, work) => {
      const load = startLoad(stand.service.address);
      let answers: readonly Answer[] = [];
      try {
        const from = Date.now();
        await sleep(steadyMs);
        const before = { from, to: Date.now() };
        const status = await work();
        const endedAt = Date.now();
        await sleep(steadyMs);
        const after = { from: endedAt, to: Date.now() };
        answers = await load.stop();
        const finished = { name, status, answers, before, after };
        runs.push(finished);
        return finished;
      } finally {
        await load.stop();
      }
    },
  };
}
