/**
 * A release that went wrong is written down once, by workers that die, at systems whose answers are lost: the worker
 * as people run it, a real Temporal server, GitHub's client, and a receiver that checks signatures.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import type { incident, IncidentInput } from '../../src/workflows/incident.ts';
import { crashed, diagnosis } from '../support/an-incident.ts';
import { toolsFolder } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { anIssueTracker } from '../support/code-host-issues.ts';
import { startCodeHostServer, type CodeHostServer } from '../support/code-host-server.ts';
import { recordHistory } from '../support/record-history.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import { connectTo } from '../../local/temporal-connection.ts';

// Two workers start on a machine that may be busy, and a dead one is missed after ten seconds.
jest.setTimeout(600_000);

const token = `ghp_${'a1B2'.repeat(9)}`;
const secret = 'a-secret-of-enough-length';

let folder: string;
let temporal: TemporalServer;
let codeHost: CodeHostServer;
let receiver: WebhookReceiver;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-incidents-'));
  [temporal, codeHost, receiver] = await Promise.all([
    startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true }),
    startCodeHostServer({ token }),
    startWebhookReceiver(secret),
  ]);
  await writeFile(join(folder, 'fairway.yaml'), configuration());
});

afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await receiver.stop();
  await codeHost.stop();
  await temporal.stop();
  await rm(folder, { recursive: true });
});

function configuration(): string {
  return `
temporal: { ui: "https://temporal.example.com" }
codeHost: { kind: github, url: "${codeHost.url}" }
environments:
  production:
    cluster: prod-cluster
    namespace: shop-prod
    incidents:
      ticket: { kind: github, owner: org, repository: ops, assignees: [ana] }
      webhook: { url: "${receiver.url}" }
      postMortem: true
services:
  shop: { displayName: Shop, image: example/shop }
`;
}

/** The control worker alone: it needs no cluster. */
async function startWorker(): Promise<WorkerProcess> {
  const worker = startWorkerProcess({
    temporalAddress: temporal.address,
    configFile: join(folder, 'fairway.yaml'),
    helm: join(toolsFolder(), 'helm'),
    logFile: join(folder, 'worker.log'),
    args: ['--no-environments'],
    env: { FAIRWAY_GITHUB_TOKEN: token, FAIRWAY_WEBHOOK_SECRET: secret },
  });
  workers.push(worker);
  await worker.ready;
  return worker;
}

function input(): IncidentInput {
  const { resolveTarget } = createConfiguration(
    join(folder, 'fairway.yaml'),
    parseConfiguration(configuration(), 'fairway.yaml'),
  );
  return {
    target: resolveTarget({ service: 'shop', environment: 'production' }),
    status: { ...crashed, diagnosis },
    startedAt: new Date(Date.now() - 60_000).toISOString(),
    endedAt: new Date().toISOString(),
    run: { namespace: 'default', workflowId: 'target:shop:production', runId: 'run-1' },
    writeDown: true,
  };
}

test('one ticket and one delivery, although the worker is killed between the doing and the hearing', async () => {
  const tracker = anIssueTracker();
  codeHost.repositories.set('org/ops', { isPrivate: true, tags: {}, tracker });
  codeHost.fail({ mode: 'answerLost', how: 'silent', method: 'POST', times: 1 });
  receiver.fail({ mode: 'answerLost', times: 1 });
  const first = await startWorker();
  const connection = await connectTo(temporal.address);
  const client = new Client({ connection });
  const handle = await client.workflow.start<typeof incident>('incident', {
    workflowId: 'incident:shop-4.1.1:run-1',
    taskQueue: 'fairway',
    args: [input()],
  });
  await eventually(
    () => tracker.issues.length,
    (count) => count > 0,
  );
  await first.kill9();
  await startWorker();

  expect(await handle.result()).toEqual([
    'ticket https://github.example.com/org/ops/issues/1',
    // 200: the receiver knew it already.
    'web hook answered 200',
  ]);
  expect(tracker.issues).toHaveLength(1);
  expect(tracker.issues[0]).toMatchObject({
    title: expect.stringContaining('[SEV2] Shop v4.1.1 was rolled back to v4.1.0 in production'),
    body: expect.stringContaining('## Post-mortem (draft)'),
    assignees: ['ana'],
    state: 'open',
  });
  expect([...receiver.taken.values()]).toMatchObject([
    {
      ticketUrl: 'https://github.example.com/org/ops/issues/1',
      links: [
        { text: 'Run', href: expect.stringContaining('https://temporal.example.com/namespaces/default/') },
      ],
      postMortem: expect.stringContaining('### Actions'),
    },
  ]);

  await recordHistory(temporal.address, handle.workflowId, 'incident-written-down');
  const history = JSON.stringify(await handle.fetchHistory());
  const log = await readFile(join(folder, 'worker.log'), 'utf8');
  const decoded = history.replace(/"([A-Za-z0-9+/]{8,}={0,2})"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  // The reading would find it.
  expect(decoded).toContain('CrashLoopBackOff');
  for (const said of [history, decoded, log])
    for (const kept of [token, secret]) expect(said).not.toContain(kept);
  await client.connection.close();
});
