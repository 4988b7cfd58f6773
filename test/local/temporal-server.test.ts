import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { Connection } from '@temporalio/client';
import { freePorts } from '../../local/free-port.ts';
import { untilAnswering } from '../../local/temporal-readiness.ts';
import { startTemporalServer, type TemporalServerOptions } from '../../local/temporal-server.ts';
import { toolsFolder } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { processesWith } from '../support/processes.ts';
import { connectTo } from '../../local/temporal-connection.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function aServer(options: Partial<TemporalServerOptions> = {}) {
  const server = await startTemporalServer({
    bin: toolsFolder(),
    headless: true,
    port: 0,
    uiPort: 0,
    ...options,
  });
  cleanUps.push(server.stop);
  return server;
}

async function aConnection(address: string): Promise<Connection> {
  const connection = await connectTo(address);
  cleanUps.push(() => connection.close());
  return connection;
}

test('it answers, and knows the given search attributes, as soon as it is started', async () => {
  const server = await aServer({ searchAttributes: ['FairwayService=Keyword', 'FairwayReplicas=Int'] });
  const connection = await aConnection(server.address);
  const known = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
  expect(Object.keys(known.customAttributes)).toEqual(
    expect.arrayContaining(['FairwayService', 'FairwayReplicas']),
  );
});

test('what it stored is there again after a kill -9 and a restart', async () => {
  const server = await aServer();
  const workflowId = 'survivor';
  const before = await aConnection(server.address);
  await before.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    requestId: 'one',
    workflowType: { name: 'anything' },
    taskQueue: { name: 'nobody' },
  });
  await server.kill9();
  await server.restart();
  const after = await aConnection(server.address);
  const { workflowExecutionInfo } = await after.workflowService.describeWorkflowExecution({
    namespace: 'default',
    execution: { workflowId },
  });
  expect(workflowExecutionInfo?.type?.name).toBe('anything');
});

test('a taken port is not fought over: another is chosen', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  cleanUps.push(() => new Promise((done) => holder.close(done)));
  const { port } = holder.address() as AddressInfo;
  const server = await aServer({ port });
  expect(server.address).not.toBe(`127.0.0.1:${String(port)}`);
  await aConnection(server.address);
});

test('two that start at once and want the same port are two, each with what it stored', async () => {
  const [port = 0] = await freePorts([0]);
  const servers = await Promise.all([aServer({ port }), aServer({ port })]);
  expect(servers[0].address).not.toBe(servers[1].address);
  const own = await Promise.all(
    servers.map(async ({ address }) => {
      const { workflowService } = await aConnection(address);
      const { namespaces } = await workflowService.listNamespaces({});
      return namespaces.map(({ namespaceInfo }) => namespaceInfo?.name ?? '');
    }),
  );
  const proofs = own.map((names) => names.filter((name) => name.startsWith('started-as-')));
  expect(proofs).toEqual([[expect.any(String)], [expect.any(String)]]);
  expect(proofs[0]).not.toEqual(proofs[1]);
});

test('a server that answers in its place is not taken for it', async () => {
  const other = await aServer();
  const ended = spawn('true', { stdio: 'ignore' });
  await once(ended, 'exit');
  const lasting = spawn('sleep', ['2'], { stdio: 'ignore' });
  for (const child of [ended, lasting]) {
    const awaited = {
      process: child,
      address: other.address,
      identity: 'started-as-me',
      searchAttributes: [],
    };
    await expect(untilAnswering(awaited)).rejects.toThrow('it ended');
  }
});

test('with a UI, its address serves the UI', async () => {
  const server = await aServer({ headless: false });
  const page = await eventually(
    () => fetch(server.uiUrl).catch(() => undefined),
    (answer) => answer?.status === 200,
  );
  expect(page?.headers.get('content-type')).toContain('text/html');
});

test('after stop nothing runs, and a given database file is still there to start from', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-test-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  const dbFile = join(folder, 'kept.db');
  const first = await aServer({ dbFile });
  await first.stop();
  expect(await processesWith(dbFile)).toEqual([]);
  await aServer({ dbFile });
  expect(await processesWith(dbFile)).toHaveLength(1);
});
