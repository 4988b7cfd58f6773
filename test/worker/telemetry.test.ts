/** What a worker process tells of a release: metrics, log lines and a trace. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { freePorts } from '../../local/free-port.ts';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { toolsFolder } from '../support/cluster.ts';
import { startTraceCollector } from '../support/trace-collector.ts';
import { controlQueue, openWorkerScene, type WorkerScene } from '../support/worker-scene.ts';
import { connectTo } from '../../local/temporal-connection.ts';

const release = 'shop-4.1.0';
let temporal: TemporalServer;
let collector: Awaited<ReturnType<typeof startTraceCollector>>;
let scene: WorkerScene;
let metrics = '';
let failure: unknown;

// One release, which finds an empty cluster, is looked at in all three ways.
beforeAll(async () => {
  temporal = await startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
  collector = await startTraceCollector({ 'x-tenant': 'shop' });
  scene = await openWorkerScene();
  scene.letGo();
  const [port] = await freePorts([0]);
  const worker = scene.start({
    temporalAddress: temporal.address,
    args: ['--metrics-address', `127.0.0.1:${String(port)}`, '--log-level', 'debug'],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=shop',
      OTEL_SERVICE_NAME: 'fairway-test',
      // What is not taken within ten seconds is gone otherwise.
      OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
      OTEL_BSP_EXPORT_TIMEOUT: '60000',
    },
  });
  await worker.ready;
  const connection = await connectTo(temporal.address);
  failure = await new Client({ connection }).workflow
    .execute('release', {
      taskQueue: controlQueue,
      workflowId: release,
      args: [{ service: 'shop', environment: 'dev', version: '4.1.0', strategy: 'standard' }],
    })
    .catch((error: unknown) => error);
  await connection.close();
  metrics = await (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
  await worker.stop();
});
afterAll(async () => {
  await scene.close();
  collector.close();
  await temporal.stop();
});

test('its end and its steps are counted', () => {
  expect(failure).toBeInstanceOf(Error);
  const lines = metrics.split('\n').filter((line) => line.startsWith('fairway_'));
  const named = 'environment="dev".*service="shop".*strategy="standard"';
  expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^fairway_releases\\{${named}.*\\} 1$`)));
  expect(lines.filter((line) => line.startsWith('fairway_releases{'))).toHaveLength(1);
  expect(lines).toContainEqual(
    expect.stringMatching(/^fairway_step_seconds_bucket\{.*result="failed".*step="Pre-flight.*le="300"\} 1$/),
  );
});

test('its lines name the release, the target and the activity', async () => {
  const lines = (await scene.log())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toContainEqual(
    expect.objectContaining({
      activity: expect.any(String),
      release: 'target:shop:dev',
      runId: expect.any(String),
      service: 'shop',
      environment: 'dev',
    }),
  );
  // The name that a person gave says nothing of the target, and the input is known once it runs.
  expect(lines).toContainEqual(
    expect.objectContaining({ release, message: 'Workflow failed', service: 'shop', environment: 'dev' }),
  );
  const ofTheHolder = lines.filter(({ release: id }) => id === 'target:shop:dev');
  expect(ofTheHolder).toContainEqual(expect.objectContaining({ message: 'Workflow started' }));
  for (const line of ofTheHolder) expect(line).toMatchObject({ service: 'shop', environment: 'dev' });
});

test('one trace holds the release, the workflow that holds the target, and its activities', () => {
  expect(collector.refused).toEqual([]);
  const ours = collector.spans.filter(({ name }) => !name.startsWith('Query'));
  expect(new Set(ours.map(({ service }) => service))).toEqual(new Set(['fairway-test']));
  expect(new Set(ours.map(({ traceId }) => traceId)).size).toBe(1);
  const span = (name: string) => ours.find((each) => each.name === name);
  const root = ours.find(({ parentSpanId }) => !parentSpanId);
  expect(root?.name).toBe('RunWorkflow:release');
  expect(root?.attributes).toMatchObject({ workflowId: release });
  expect(root?.attributes).not.toHaveProperty('memo');
  const started = span('StartChildWorkflow:release');
  expect(started?.parentSpanId).toBe(root?.spanId);
  const holder = ours.find(({ parentSpanId }) => parentSpanId === started?.spanId);
  expect(holder).toMatchObject({
    name: 'RunWorkflow:release',
    attributes: { workflowId: 'target:shop:dev' },
  });
  const start = span('StartActivity:resolveTarget');
  expect(span('RunActivity:resolveTarget')?.parentSpanId).toBe(start?.spanId);
});
