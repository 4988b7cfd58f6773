/** A worker process asked by probes: while it starts, serves, loses Temporal, drains. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Client } from '@temporalio/client';
import { freePorts } from '../../local/free-port.ts';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import type { WorkerProcess } from '../../local/worker-process.ts';
import { toolsFolder } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { controlQueue, openWorkerScene, type WorkerScene } from '../support/worker-scene.ts';
import { connectTo } from '../../local/temporal-connection.ts';

let temporal: TemporalServer;
beforeAll(async () => {
  temporal = await startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
});
afterAll(() => temporal.stop());

let scene: WorkerScene;
let ports: number[];
beforeEach(async () => {
  scene = await openWorkerScene();
  ports = await freePorts([0, 0]);
});
afterEach(() => scene.close());

function start(temporalAddress = temporal.address): WorkerProcess {
  const [health = 0, metrics = 0] = ports.map((port) => `127.0.0.1:${String(port)}`);
  const args = ['--health-address', String(health), '--metrics-address', String(metrics)];
  return scene.start({ temporalAddress, args });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function ask(path: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${String(ports[0])}${path}`);
  return { status: response.status, body: await response.json() };
}

/** Asks until the answer has this status, and says this; not for ever, so that what the worker wrote is then read. */
async function until(path: string, status: number, says = /^/): Promise<Answer> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    const answer = await ask(path).catch(() => undefined);
    if (answer?.status === status && says.test(JSON.stringify(answer.body))) return answer;
    if (Date.now() > deadline) throw new Error(`${path}: ${JSON.stringify(answer)}\n${await scene.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A worker's last words are written down a moment after it has ended. */
async function said(words: string): Promise<void> {
  await eventually(scene.log, (log) => log.includes(words));
}

async function startVerification(workflowId: string): Promise<void> {
  const connection = await connectTo(temporal.address);
  const args = [{ service: 'shop', environment: 'dev', version: '4.1.0' }];
  await new Client({ connection }).workflow.start('verification', {
    taskQueue: controlQueue,
    workflowId,
    args,
  });
  await connection.close();
}

test('it is ready when it polls, not while Temporal is away, and drains when asked to stop', async () => {
  const worker = start();
  const alive = until('/healthz', 200);
  expect(await until('/readyz', 200)).toMatchObject({
    body: { ready: true, taskQueues: ['control', 'dev'] },
  });
  expect((await alive).body).toEqual({ alive: true });
  expect((await ask('/other')).status).toBe(404);
  const metrics = await fetch(`http://127.0.0.1:${String(ports[1])}/metrics`);
  expect(await metrics.text()).toMatch(/^temporal_worker_start\{.*task_queue="dev".*\} 1$/m);

  await temporal.kill9();
  expect((await until('/readyz', 503)).body).toMatchObject({
    ready: false,
    reason: expect.stringContaining('Temporal does not answer for namespace "default"'),
  });
  expect((await ask('/healthz')).status).toBe(200);
  await temporal.restart();
  await until('/readyz', 200);

  await startVerification('draining');
  await scene.asked();
  process.kill(worker.pid, 'SIGTERM');
  const { body } = await until('/readyz', 503, /is (STOPPING|DRAINING|DRAINED|STOPPED)"/);
  expect(body).toMatchObject({
    reason: expect.stringMatching(/^the worker of task queue "(control|dev)" is [A-Z]+$/),
  });
  // What runs is let end, and only then the process.
  expect((await ask('/healthz')).status).toBe(200);
  scene.letGo();
  expect(await worker.ended).toBe(0);
});

test('asked twice to stop, it does not wait for what runs', async () => {
  const worker = start();
  await until('/readyz', 200);
  await startVerification('cut-off');
  await scene.asked();
  process.kill(worker.pid, 'SIGTERM');
  await until('/readyz', 503);
  process.kill(worker.pid, 'SIGTERM');
  expect(await worker.ended).toBe(1);
  await said('SIGTERM again: ends now');
});

test.each([
  ['--health-address', 0],
  ['--metrics-address', 1],
])('an address of %s that is taken is said', async (flag, index) => {
  const holder = createServer().listen(ports[index], '127.0.0.1');
  await once(holder, 'listening');
  expect(await start().ended).toBe(1);
  await said(`${flag} 127.0.0.1:${String(ports[index])}: the worker cannot listen there:`);
  holder.close();
});
