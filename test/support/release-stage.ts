/** One service on the test cluster, a Temporal server and a worker: what a test of whole releases stands on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import { toolsFolder } from './cluster.ts';
import { installService, type ServiceUnderRelease } from './service-under-release.ts';
import { temporalCli } from './temporal-cli.ts';

interface ReleaseStage {
  readonly folder: string;
  readonly temporal: TemporalServer;
  readonly worker: WorkerProcess;
  readonly service: ServiceUnderRelease;
}

/** Set up before a file's tests and taken down after them. */
export function useReleaseStage(cluster: () => Parameters<typeof installService>[0]) {
  let stage: ReleaseStage | undefined;
  const current = (): ReleaseStage => {
    if (stage === undefined) throw new Error('the stage is not set before beforeAll');
    return stage;
  };

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairway-stage-'));
    const [temporal, service] = await Promise.all([
      startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true }),
      installService(cluster(), { folder, version: '4.0.0' }),
    ]);
    const worker = startWorkerProcess({
      temporalAddress: temporal.address,
      configFile: service.configFile,
      kubeconfig: cluster().kubeconfig,
      helm: join(toolsFolder(), 'helm'),
      logFile: join(folder, 'worker.log'),
    });
    stage = { folder, temporal, service, worker };
    await worker.ready;
  });

  afterAll(async () => {
    if (stage === undefined) return;
    await stage.worker.stop();
    await stage.temporal.stop();
    await rm(stage.folder, { recursive: true });
  });

  return { stage: current, ...temporalCli(() => current().temporal.address) };
}
