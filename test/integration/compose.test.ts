/**
 * What docker-compose.yml deploys, as processes: Temporal on PostgreSQL, and the worker that the Dockerfile makes.
 * A canary goes on while each of them dies or is replaced under it.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { execa } from 'execa';
import { findPostgresqlProgram, isLeftOut } from '../../local/test-programs.mjs';
import type { WorkerProcess } from '../../local/worker-process.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { appFolder, makeEarlierWorker } from '../support/app.ts';
import { useLocalCluster } from '../support/cluster.ts';
import { openComposeScene, slackChannel, type ComposeScene } from '../support/compose-scene.ts';
import { parseDockerfile } from '../support/dockerfile.ts';
import { eventually } from '../support/eventually.ts';
import { playedPage, type Elsewhere } from '../docs/played-page.ts';

/** There is no container engine here. */
const withContainers: Elsewhere = {
  'docker compose config': 'its loader reads the file in test/local/compose-file.test.ts',
  'docker compose ps': 'health is asked for as the file does, above',
  'docker compose up': 'this topology is what it starts',
  'docker compose stop worker temporal': 'done to the processes, below',
  'docker compose start temporal worker': 'done to the processes, below',
  'docker compose exec -T postgresql': 'typed beside the database, below',
  'docker compose exec postgresql psql': 'a session of a person',
  'docker compose logs': 'the processes write to a file',
};

const project = fileURLToPath(new URL('../../', import.meta.url));
const minutes = 60_000;
// Whole releases on a machine that may be busy.
jest.setTimeout(15 * minutes);

const cluster = useLocalCluster();
let scene: ComposeScene;
let worker: WorkerProcess;

(isLeftOut('POSTGRESQL') ? describe.skip : describe)('as docker-compose.yml deploys it', () => {
  beforeAll(async () => {
    scene = await openComposeScene(cluster());
    worker = await scene.startWorker();
    // Temporal's server is built when it is not in the cache.
  }, 40 * minutes);

  afterAll(async () => {
    await scene?.close();
  });

  test('the worker’s image is healthy by its own check, and writes to its temporary folder only', async () => {
    const [program = '', ...args] = await healthCheck();
    const at = (port: number) => args.map((each) => each.replace(':8080/', `:${port}/`));
    // Temporal has two seconds to answer, each time.
    await eventually(
      async () => execa(program, at(scene.healthPort), { reject: false }),
      ({ exitCode }) => exitCode === 0,
    );
    const nobodyListens = 1;
    expect(await execa(program, at(nobodyListens), { reject: false })).toMatchObject({ exitCode: 1 });
    const app = await readdir(appFolder());
    expect(app.sort()).toEqual(['dist', 'node_modules', 'package.json']);
  });

  test('a canary survives PostgreSQL, killed and restarted under Temporal', async () => {
    const { postgresql, temporal } = scene.topology;
    const release = await scene.canaryUnderWay('4.1.0');
    await postgresql.kill9();
    expect(await temporal.isHealthy()).toBe(false);
    await postgresql.restart();
    await temporal.untilHealthy();
    await expectReleased(release, '4.1.0');
  });

  test('a canary survives Temporal, killed and restarted', async () => {
    const { temporal } = scene.topology;
    const release = await scene.canaryUnderWay('4.2.0');
    await temporal.kill9();
    await temporal.restart();
    await expectReleased(release, '4.2.0');
  });

  test('a canary survives the upgrade of the worker: the old one ends in order, one of today goes on', async () => {
    await worker.stop();
    worker = await scene.startWorker(await makeEarlierWorker(join(scene.folder, 'earlier')));
    const release = await scene.canaryUnderWay('4.3.0');
    const lock = scene.client.workflow.getHandle('target:tensafe:dev');
    await worker.stop();
    expect(await worker.ended).toBe(0);
    // Today's would have marked that it goes another way.
    expect(patchesOf(await lock.fetchHistory())).toEqual([]);
    worker = await scene.startWorker();
    await expectReleased(release, '4.3.0');
  });

  test('releases are found by their search attributes, which PostgreSQL holds', async () => {
    const query = `FairwayService = 'tensafe' AND FairwayOutcome = 'released'`;
    // They are written beside the histories, a moment later.
    const listed = (asked: string, fits: (found: readonly string[]) => boolean) =>
      eventually(
        async () => {
          const found: string[] = [];
          for await (const { workflowId } of scene.client.workflow.list({ query: asked }))
            found.push(workflowId);
          return found.sort();
        },
        fits,
        { everyMs: 200 },
      );
    const released = await listed(query, ({ length }) => length >= 3);
    expect(released).toEqual(['tensafe-4.1.0', 'tensafe-4.2.0', 'tensafe-4.3.0']);
    // As the operator's page asks after a restore.
    const running = `FairwayPhase IS NOT NULL AND ExecutionStatus = 'Running'`;
    expect(await listed(running, ({ length }) => length === 0)).toEqual([]);
  });

  test('setting up again, as every start does, changes nothing', async () => {
    expect(await scene.topology.runJob('temporal-schema')).toContain(
      'found zero updates from current version',
    );
    await scene.topology.runJob('temporal-namespace');
    const { status } = await scene.client.workflow.getHandle('tensafe-4.1.0').describe();
    expect(status.name).toBe('COMPLETED');
  });

  test("the page's commands for releases do what it says", async () => {
    const held = '"strategy":"canary","steps":[{"weight":50,"bake":"1h"},{"weight":100,"bake":"0s"}]';
    const page = await playedPage(
      'docs/operator/compose.md',
      {
        env: () => ({ TEMPORAL_ADDRESS: scene.topology.temporal.address }),
        names: {
          '"service":"shop","environment":"staging"': '"service":"tensafe","environment":"dev"',
          '"version":"4.1.0"': `"version":"4.4.0",${held}`,
        },
      },
      withContainers,
    );
    await page.play('temporal workflow start');
    await page.play('temporal workflow list', { until: 'shop-4.1.0' });
    await page.play('temporal workflow signal');
    const handle = scene.client.workflow.getHandle('shop-4.1.0');
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'Aborted' } });
    expect(page.leftOver()).toEqual([]);
  });

  // The package that stands in for an installed PostgreSQL has the server alone.
  const hasClients = findPostgresqlProgram('pg_dump') !== undefined;
  (hasClients ? test : test.skip)(
    'the commands that back up and restore bring back what was there',
    async () => {
      const { postgresql } = scene.topology;
      const history = async () =>
        (await scene.client.workflow.getHandle('tensafe-4.2.0').fetchHistory()).events;
      const before = await history();
      await asDocumented('back up');
      await postgresql.query(
        'delete from executions; delete from history_node; delete from history_tree',
        'temporal',
      );
      await asDocumented('restore');
      expect(await history()).toEqual(before);
    },
  );
});

/** Runs a part of the operator's page, with a process in the place of each container. */
async function asDocumented(part: string): Promise<void> {
  const { postgresql, temporal } = scene.topology;
  const page = await readFile(join(project, 'docs/operator/compose.md'), 'utf8');
  const [, commands = ''] = new RegExp(`<!-- ${part} -->\\s+\x60{3}\n([^\x60]+)`).exec(page) ?? [];
  const lines = commands.trim().split('\n');
  expect(lines.length).toBeGreaterThan(3);
  const inDatabase = 'docker compose exec -T postgresql ';
  for (const line of lines) {
    if (line.startsWith(inDatabase)) {
      const options = { env: postgresql.clientEnvironment, cwd: scene.folder, shell: true };
      await execa(line.slice(inDatabase.length), options);
    } else if (line === 'docker compose stop worker temporal') await temporal.kill9();
    else if (/^docker compose (start temporal worker|up --detach)$/.test(line)) await temporal.restart();
    else expect(line).toBe('docker compose up --detach postgresql');
  }
}

/** Markers of where code went another way than an earlier worker's. */
function patchesOf({ events }: Awaited<ReturnType<WorkflowHandle['fetchHistory']>>): unknown[] {
  const markers = (events ?? []).map(({ markerRecordedEventAttributes: marker }) => marker?.markerName);
  return markers.filter((name) => name === 'core_patch');
}

/** The command of the image's HEALTHCHECK. */
async function healthCheck(): Promise<string[]> {
  const last = parseDockerfile(await readFile(join(project, 'Dockerfile'), 'utf8')).at(-1);
  const check = last?.instructions.find(({ name }) => name === 'HEALTHCHECK')?.rest ?? '';
  return JSON.parse(check.slice(check.indexOf('['))) as string[];
}

/** Fully new, nothing left, and everything said once. */
async function expectReleased(release: WorkflowHandle, version: string): Promise<void> {
  const { outcome } = (await release.result()) as ReleaseStatus;
  expect(outcome).toBe('released');
  expect(await scene.service.images()).toEqual([`tensafe/server:${version}`]);
  const left = await scene.service.kubectl('get', 'deployments', '-o', 'jsonpath={.items[*].metadata.name}');
  expect(left).toBe('tensafe-server');
  const { runId } = await scene.client.workflow.getHandle('target:tensafe:dev').describe();
  const said = scene.slack
    .messages(slackChannel)
    .map(({ metadata, threadTs }) => ({ key: String(metadata?.event_payload['key']), threadTs }))
    .filter(({ key }) => key.startsWith(`target:tensafe:dev/${runId}/`));
  const keys = said.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)]);
  expect(said.filter(({ threadTs }) => threadTs === undefined)).toHaveLength(1);
  expect(keys.filter((key) => key.endsWith('/outcome'))).toHaveLength(1);
}
