/** What the reader of a page has: a Temporal server, a cluster where the service runs, and a worker with the page's file. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import {
  startWorkerProcess,
  type WorkerProcess,
  type WorkerProcessOptions,
} from '../../local/worker-process.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { toolsFolder, useCluster } from '../support/cluster.ts';
import { installService, type ServiceUnderRelease } from '../support/service-under-release.ts';
import { temporalCli } from '../support/temporal-cli.ts';

/** `names`: environments, each with a namespace of its own where the service runs. */
export function useReader(...names: readonly string[]) {
  const cluster = useCluster();
  let folder: string;
  let temporal: TemporalServer;
  let workers: readonly WorkerProcess[] = [];
  const places = new Map<string, ServiceUnderRelease>();
  const { cli, status, untilListed } = temporalCli(() => temporal.address);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairway-docs-'));
    const starting = startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
    const installing = names.map(async (name) => {
      await mkdir(join(folder, name));
      places.set(name, await installService(cluster(), { folder: join(folder, name), version: '4.0.0' }));
    });
    [temporal] = await Promise.all([starting, ...installing]);
  }, 600_000);

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await temporal.stop();
    await rm(folder, { recursive: true });
  }, 200_000);

  const untilStatus = async (workflowId: string, fits: (status: ReleaseStatus) => boolean) => {
    for (;;) {
      const seen = await status(workflowId);
      if (fits(seen)) return seen;
      if (seen.outcome !== undefined) throw new Error(`${workflowId} ended before: ${seen.reason ?? ''}`);
      await new Promise((next) => setTimeout(next, 100));
    }
  };

  return {
    cli,
    status,
    untilStatus,
    untilListed,
    place: (name: string): ServiceUnderRelease => {
      const place = places.get(name);
      if (place === undefined) throw new Error(`there is no ${name}`);
      return place;
    },
    kubeconfig: (): string => cluster().kubeconfig,
    context: (): string => cluster().config.currentContext,
    env: (): Record<string, string> => ({
      TEMPORAL_ADDRESS: temporal.address,
      KUBECONFIG: cluster().kubeconfig,
    }),
    config: () => cluster().config,
    /** Workers with this fairway.yaml; those before them end. One that serves everything when nothing else is said. */
    serve: async (
      configuration: string,
      processes: readonly Partial<Pick<WorkerProcessOptions, 'kubeconfig' | 'args'>>[] = [{}],
    ): Promise<void> => {
      const before = workers;
      // Beside a chart, as in a team's repository.
      const configFile = join(folder, names[0] ?? '', 'fairway.yaml');
      await writeFile(configFile, configuration);
      workers = processes.map((options) =>
        startWorkerProcess({
          temporalAddress: temporal.address,
          configFile,
          kubeconfig: cluster().kubeconfig,
          helm: join(toolsFolder(), 'helm'),
          logFile: join(folder, 'worker.log'),
          ...options,
        }),
      );
      // Side by side, as Kubernetes replaces pods.
      await Promise.all([...workers.map(({ ready }) => ready), ...before.map((worker) => worker.stop())]);
    },
    /** Starts something that the page takes for granted. */
    start: async (type: string, workflowId: string, input: object): Promise<void> => {
      const { exitCode, stderr } = await cli(
        ...['workflow', 'start', '--type', type, '--task-queue', 'fairway', '--workflow-id', workflowId],
        ...['--input', JSON.stringify(input)],
      );
      if (exitCode !== 0) throw new Error(stderr);
    },
    /** Waits for the end, however it ends. */
    ended: async (workflowId: string): Promise<ReleaseStatus> => {
      await cli('workflow', 'result', '-w', workflowId);
      return status(workflowId);
    },
    /** Ends the watch at a canary's step. */
    promote: async (workflowId: string): Promise<void> => {
      const input = '{"by":"you@example.com"}';
      const { exitCode, stderr } = await cli(
        ...['workflow', 'signal', '-w', workflowId, '--name', 'promote', '--input', input],
      );
      if (exitCode !== 0) throw new Error(stderr);
    },
    /** Ends what the page leaves running. */
    abort: async (workflowId: string): Promise<void> => {
      const input = '{"by":"you@example.com","reason":"the end of the page"}';
      await cli('workflow', 'signal', '-w', workflowId, '--name', 'abort', '--input', input);
      await cli('workflow', 'result', '-w', workflowId);
    },
  };
}
