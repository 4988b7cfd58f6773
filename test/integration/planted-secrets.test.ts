/**
 * Marked secrets in every place where Fairway meets one, releases that go well and badly, and a search for them in
 * everything that it keeps, writes and sends.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CoreV1Api } from '@kubernetes/client-node';
import { execa } from 'execa';
import { freePorts } from '../../local/free-port.ts';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import { aNamespace, toolsFolder, useLocalCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { LocalServer } from '../support/local-server.ts';
import { beside, versions, writeShopChart, writeSmokeTest } from '../support/planted/chart.ts';
import { repositoryUser, startChartRepository } from '../support/planted/chart-repository.ts';
import { everyWordOf } from '../support/planted/every-word.ts';
import { foundIn, plantSecrets, shapesOf } from '../support/planted/secrets.ts';
import { startReceivers, type Receivers } from '../support/planted/receivers.ts';
import { recordHistory, recordIncident } from '../support/record-history.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { startTraceCollector } from '../support/trace-collector.ts';
import { untilDiagnosed } from '../support/until-diagnosed.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(1_200_000);

const cluster = useLocalCluster();
const planted = plantSecrets();
let folder: string;
/** One for each story: they go side by side. */
const namespaces = { staging: '', production: '', canary: '', 'blue-green': '' };
type Environment = keyof typeof namespaces;
const environments = Object.keys(namespaces) as Environment[];
const taskQueue = 'planted';
let temporal: TemporalServer;
let worker: WorkerProcess;
let receivers: Receivers;
let charts: LocalServer;
let collector: Awaited<ReturnType<typeof startTraceCollector>>;
let metricsAddress: string;

const { cli, status } = temporalCli(() => temporal.address);
/** What the person at the command line read. */
const printed: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-planted-'));
  const chart = join(folder, 'shop');
  await writeShopChart(chart, planted);
  [temporal, receivers, collector, charts] = await Promise.all([
    startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true }),
    startReceivers(planted),
    startTraceCollector({}),
    startChartRepository(chart, planted.chartPassword),
    writeSmokeTest(join(folder, 'smoke.mjs'), planted),
    ...environments.map(install),
  ]);
  metricsAddress = `127.0.0.1:${String((await freePorts([0]))[0])}`;
  await writeFile(join(folder, 'fairway.yaml'), configuration());
  worker = startWorkerProcess({
    temporalAddress: temporal.address,
    configFile: join(folder, 'fairway.yaml'),
    kubeconfig: cluster().kubeconfig,
    helm: join(toolsFolder(), 'helm'),
    logFile: join(folder, 'worker.log'),
    args: ['--metrics-address', metricsAddress, '--log-level', 'debug'],
    env: {
      SLACK_BOT_TOKEN: planted.slackToken,
      SLACK_API_URL: receivers.slack.url,
      FAIRWAY_GITHUB_TOKEN: planted.githubToken,
      FAIRWAY_PAGERDUTY_TOKEN: planted.pagerdutyToken,
      FAIRWAY_PAGERDUTY_ROUTING_KEY: planted.routingKey,
      FAIRWAY_WEBHOOK_SECRET: planted.webhookSecret,
      FAIRWAY_HELM_REPOSITORY_PASSWORD: planted.chartPassword,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    },
  });
  await worker.ready;
});

afterAll(async () => {
  await worker.stop();
  await temporal.stop();
  await receivers.stop();
  await charts.stop();
  collector.close();
  await rm(folder, { recursive: true });
});

function configuration(): string {
  return `
temporal: { taskQueue: ${taskQueue}, ui: "https://temporal.example.com" }
codeHost: { kind: github, url: "${receivers.codeHost.url}" }
onCall: { kind: pagerduty, url: "${receivers.onCall.url}", schedule: PABC123 }
environments:${environments.map(described).join('')}
services:
  shop:
    displayName: Shop
    deployment: shop-server
    container: shop
    image: example/shop
    kubernetesService: shop-server
    update: helm
    helm: { release: shop, chart: shop, repository: "${charts.origin}", repositoryUser: ${repositoryUser} }
    verification: { port: 8000 }
    blueGreen:
      smokeTests:
        - { kind: command, name: basket, command: [node, smoke.mjs], baseUrlVariable: BASE_URL, port: 8000 }
`;
}

function described(environment: Environment): string {
  return `
  ${environment}:
    cluster: ${cluster().config.currentContext}
    namespace: ${namespaces[environment]}
    taskQueue: ${taskQueue}-cluster
    slackChannel: "#ops-announcements"
    checklist: [onCall]
    paging: { kind: pagerduty, url: "${receivers.paging.url}" }
    incidents:
      ticket: { kind: github, owner: org, repository: ops }
      webhook: { url: "${receivers.webhook.url}/${planted.webhookPath}" }
      postMortem: true`;
}

/** The old version, with the values that its team gave it. */
async function install(environment: Environment): Promise<void> {
  const namespace = await aNamespace(cluster());
  namespaces[environment] = namespace;
  const core = cluster().config.makeApiClient(CoreV1Api);
  const stringData = { 'database-url': `postgres://shop:${planted.secretValue}@db:5432/shop` };
  await core.createNamespacedSecret({ namespace, body: { metadata: { name: 'shop-secrets' }, stringData } });
  const values = join(folder, `${environment}.json`);
  const given = { smtp: { password: planted.helmValue }, api: { license: planted.literalEnvironmentValue } };
  await writeFile(values, JSON.stringify({ ...given, image: { tag: '4.0.0' } }));
  await execa(join(toolsFolder(), 'helm'), [
    ...['install', 'shop', join(folder, 'shop'), '--values', values, '--wait', '--timeout', '6m'],
    ...['--kubeconfig', cluster().kubeconfig, '--namespace', namespace],
  ]);
}

async function run(
  environment: Environment,
  workflowId: string,
  input: object,
  type = 'release',
): Promise<string> {
  const request = { service: 'shop', environment, ...input };
  const { stdout, stderr } = await cli(
    ...['workflow', 'execute', '--type', type, '--task-queue', taskQueue],
    ...['--workflow-id', workflowId, '--input', JSON.stringify(request)],
  );
  printed.push(stdout, stderr);
  return stdout + stderr;
}

/** Everything that left Fairway or that it keeps, by where it was found. */
async function everyWord(): Promise<ReadonlyMap<string, string>> {
  const core = cluster().config.makeApiClient(CoreV1Api);
  const labelSelector = 'app.kubernetes.io/managed-by=fairway';
  const inAll = <T>(list: (namespace: string) => Promise<T>) =>
    Promise.all(environments.map((environment) => list(namespaces[environment])));
  const [configMaps, events] = await Promise.all([
    inAll((namespace) => core.listNamespacedConfigMap({ namespace, labelSelector })),
    inAll((namespace) => core.listNamespacedEvent({ namespace })),
  ]);
  return new Map([
    ...(await everyWordOf(temporal.address)),
    ...receivers.everyWord(),
    ['worker log', await readFile(join(folder, 'worker.log'), 'utf8')],
    ['command line', printed.join('\n')],
    ['backups', JSON.stringify(configMaps)],
    ['events', JSON.stringify(events)],
    ['metrics', await (await fetch(`http://${metricsAddress}/metrics`)).text()],
  ]);
}

test('no secret is found in anything that releases, good and bad, keep, write or send', async () => {
  const request = { requestedBy: 'ana@example.com' };
  const goesWell = async (): Promise<void> => {
    await run('staging', 'shop-plan', { ...request, version: versions.good, dryRun: true });
    await run('staging', 'shop-good', { ...request, version: versions.good });
    await run('staging', 'shop-check', {}, 'verification');
  };
  const goesBadly = async (): Promise<void> => {
    const { workflowId } = await untilDiagnosed(async (attempt) => {
      const workflowId = `shop-crash-${attempt}`;
      await run('production', workflowId, { ...request, version: versions.crashing });
      return { workflowId, status: await status(workflowId) };
    });
    await recordHistory(temporal.address, 'target:shop:production', 'paged-before-last-words');
    await recordIncident(temporal.address, workflowId, 'incident-with-page');
    // A refusal that repeats what it was sent, key and all.
    receivers.paging.fail({ mode: 'echo', times: 2 });
    await run('production', 'shop-unhealthy', { ...request, version: versions.unhealthy });
    receivers.paging.heal();
    await run('production', 'shop-unrenderable', { ...request, version: versions.unrenderable });
    await run('production', 'shop-diagnosis', {}, 'diagnosis');
  };
  const goesInSteps = async (): Promise<void> => {
    const steps = [
      { weight: 50, bake: '1s' },
      { weight: 100, bake: 0 },
    ];
    const canary = { ...request, version: versions.good, strategy: 'canary', steps };
    await run('canary', 'shop-canary', canary);
    await run('canary', 'shop-back', { requestedBy: 'ana@example.com', reason: 'too slow' }, 'rollback');
  };
  const goesBlue = () =>
    run('blue-green', 'shop-green', { ...request, version: versions.good, strategy: 'blueGreen' });
  await Promise.all([goesWell(), goesBadly(), goesInSteps(), goesBlue()]);
  // What follows a release that failed is told after its end.
  await eventually(
    () => receivers.everyWord().get('sent to the web hook') ?? '',
    (sent) => sent.includes(beside.answer),
  );
  const names = [
    'shop-plan',
    'shop-good',
    'shop-crash-1',
    'shop-unhealthy',
    'shop-canary',
    'shop-back',
    'shop-green',
  ];
  const outcomes = await Promise.all(names.map(async (name) => (await status(name)).outcome));
  expect(outcomes).toEqual([
    ...['planned', 'released', 'rolledBack', 'rolledBack', 'released', 'rolledBack', 'rolledBack'],
  ]);
  // What is still to be sent is sent when the worker stops; its metrics are gone then.
  const told = await everyWord();
  await worker.stop();

  const words = new Map([...told, ['traces', JSON.stringify(collector.spans)]]);
  const all = [...words.values()].join('\n');
  // The search is worth something only where what was said beside the secrets is found.
  for (const text of [beside.log, beside.answer, beside.smoke, '[redacted]']) expect(all).toContain(text);
  expect(words.get('traces')).toContain('RunActivity:runSmokeTest');
  expect(words.get('metrics')).toContain('fairway_releases');
  expect(receivers.webhook.calls.map(({ path }) => path)).toContainEqual(
    expect.stringContaining(planted.webhookPath),
  );
  expect(words.get('sent to GitHub')).toMatch(new RegExp(`${beside.log}.{0,200}redacted`));
  expect(words.get('sent to the web hook')).toContain(beside.answer);
  expect(words.get('command line')).toContain('the mail server does not take [withheld]');
  expect([...words.keys()].filter((name) => name.startsWith('sent'))).toEqual([
    ...['sent to Slack', 'sent to PagerDuty', 'sent to GitHub', 'sent to the web hook'],
  ]);
  for (const [name, text] of words) if (name.startsWith('sent')) expect(text).toContain('4.1.1-crash');

  const leaks = [...words].flatMap(([place, text]) =>
    foundIn(text, planted).map((secret) => `${secret} in ${place}: ${around(text, secret)}`),
  );
  expect(leaks).toEqual([]);
});

/** Where a leak came from. */
function around(text: string, name: string): string {
  const secret = planted[name as keyof typeof planted];
  const at = Math.max(...shapesOf(secret).map((shape) => text.indexOf(shape)));
  return text.slice(Math.max(0, at - 300), at + 100);
}
