/**
 * Releases of real pods under a steady load on the Service's address: not one request may fail. Needs a
 * cluster whose Services this machine reaches, with the images of `server.mjs`: see `npm run test:real -- --help`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { toolsFolder, useCluster } from '../support/cluster.ts';
import { cases, firstVersion } from './cases.ts';
import { startLoad, type Served } from './load.ts';
import { installReal, type RealService } from './real-service.ts';

const releaseTimeoutMs = 10 * 60_000;

const cluster = useCluster();
const figures: (Served & { readonly release: string })[] = [];
let folder: string;
let temporal: TemporalServer;
let worker: WorkerProcess | undefined;
let service: RealService;
/** The version before the next release. */
let current = firstVersion;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-real-'));
  temporal = await startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
  service = await installReal(cluster(), folder, firstVersion);
  worker = startWorkerProcess({
    temporalAddress: temporal.address,
    configFile: service.configFile,
    kubeconfig: cluster().kubeconfig,
    helm: join(toolsFolder(), 'helm'),
    logFile: join(folder, 'worker.log'),
  });
  await worker.ready;
}, 180_000);

afterAll(async () => {
  console.table(
    figures.map(({ versions, failed, ...rest }) => ({
      ...rest,
      failed: JSON.stringify(failed),
      versions: JSON.stringify(versions),
    })),
  );
  await worker?.stop();
  await temporal.stop();
  await rm(folder, { recursive: true });
});

async function temporalCli(...args: string[]): Promise<string> {
  const { stdout } = await execa(join(toolsFolder(), 'temporal'), [...args, '--address', temporal.address], {
    reject: false,
  });
  return stdout;
}

test.each(cases.map((each, index) => [`${each.strategy} of ${each.version}`, each, index] as const))(
  '%s loses no request',
  async (release, { strategy, version, outcome, isServed, request }, index) => {
    const workflowId = `real-${index}`;
    const input = {
      ...{ service: 'tensafe', environment: 'dev', version, requestedBy: 'ana@example.com' },
      ...request,
    };
    const load = startLoad(service.address);
    let served: Served;
    try {
      await temporalCli(
        ...['workflow', 'execute', '--type', strategy, '--task-queue', service.taskQueue],
        ...['--workflow-id', workflowId, '--input', JSON.stringify(input)],
      );
    } finally {
      served = await load.stop();
      figures.push({ release, ...served });
    }
    const query = await temporalCli(
      ...['workflow', 'query', '-w', workflowId, '--type', 'status', '--output', 'json'],
    );
    const status = (JSON.parse(query) as { queryResult: ReleaseStatus[] }).queryResult[0];
    expect(status).toMatchObject({ outcome });
    expect(served.failed).toEqual({});
    expect(Object.keys(served.versions).sort()).toEqual([current, ...(isServed ? [version] : [])].sort());
    if (outcome === 'released') current = version;
  },
  releaseTimeoutMs,
);
