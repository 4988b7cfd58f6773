/**
 * Each right that the chart grants for diagnoses, those of the whole cluster among them, taken away in turn: the
 * diagnosis says what it could not see, goes on with the rest, and never fails.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { V1Pod, V1Role } from '@kubernetes/client-node';
import { annotations } from '../../local/kwok/annotations.ts';
import {
  diagnosisClusterPermissions,
  diagnosisPermissions,
} from '../../src/activities/diagnosis/permissions.ts';
import type { DiagnosisReport } from '../../src/domain/diagnosis.ts';
import { diagnose } from '../activities/diagnosis/bench.ts';
import { untilAPod } from '../support/cluster-pods.ts';
import { render, valuesFor } from '../support/chart.ts';
import { useLocalCluster } from '../support/cluster.ts';
import { tidyAfterwards } from '../support/failures/afterwards.ts';
import { aNode } from '../support/failures/nodes.ts';
import { aScene, type Scene } from '../support/failures/scene.ts';
import { namesOf, rightsIn, rulesWithout } from '../support/granted-rights.ts';
import { serviceAccountWith } from '../support/service-account.ts';

// A machine that may be busy makes an account for each right.
jest.setTimeout(400_000);

const cluster = useLocalCluster();
tidyAfterwards();

const rendered = await render(
  valuesFor(
    {
      environments: { test: { cluster: 'here', namespace: 'anywhere' } },
      services: { shop: { image: 'example/shop', verification: { port: 8000 } } },
    },
    { workers: [{ name: 'test', environments: ['test'], clusterRead: true }] },
  ),
);
const rules = rendered.role('fairway-test', 'anywhere').rules ?? [];
const clusterRules = rendered.objects.flatMap((object) =>
  object.kind === 'ClusterRole' ? ((object as V1Role).rules ?? []) : [],
);
/** What a diagnosis asks, by the verb and the resource that a refusal of the API server names. */
const asked = [...diagnosisPermissions, ...diagnosisClusterPermissions].flatMap(namesOf);
const rights = rightsIn([...rules, ...clusterRules]).filter(({ right }) => asked.includes(right));

/** Metrics of nodes are asked for only where the cluster has a metrics API: test/activities/diagnosis/usage.test.ts. */
const needsMetricsApi = 'list metrics.k8s.io nodes';

let folder: string;
/** Its only node is cordoned. */
let waiting: Scene;
/** Its volume is not there. */
let claiming: Scene;
let crashing: Scene;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-chart-diagnosis-'));
  [waiting, claiming, crashing] = await Promise.all([
    aScene(cluster()),
    aScene(cluster()),
    aScene(cluster()),
  ]);
  const { pod } = await aNode(cluster(), { unschedulable: true });
  await waiting.release({ pod });
  await claiming.release({
    pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shop-data' } }] },
  });
  await crashing.release({
    behaviour: 'crash',
    answers: true,
    annotations: { [annotations.log]: 'Error: listen EADDRINUSE: address already in use 0.0.0.0:8000' },
  });
  await Promise.all([shown(waiting, unscheduled), shown(claiming, unscheduled), shown(crashing, crashes)]);
});

afterAll(() => rm(folder, { recursive: true }));

function shown({ namespace }: Scene, when: (pod: V1Pod) => boolean): Promise<unknown> {
  return untilAPod(cluster(), { namespace, wish: 'what is wrong', timeoutMs: 120_000 }, when);
}

function crashes({ status }: V1Pod): boolean {
  return status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff';
}

function unscheduled({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ reason }) => reason === 'Unschedulable') ?? false;
}

/** As a worker whose account lacks this right; with all of them when none is named. */
async function diagnosisWithout(scene: Scene, right?: string): Promise<DiagnosisReport> {
  const { config } = await serviceAccountWith(cluster().config, {
    namespace: scene.namespace,
    name: `without-${right ?? 'nothing'}`.replaceAll(/[^a-z0-9]+/g, '-'),
    rules: rulesWithout(rules, right),
    clusterRules: rulesWithout(clusterRules, right),
    folder: await mkdtemp(join(folder, 'account-')),
  });
  return diagnose(config, { target: scene.target, image: scene.image(), seconds: 60 });
}

const ruleIds = ({ findings }: DiagnosisReport) => findings.map(({ rule }) => rule);

test('with all of them, only a metrics API is missing', async () => {
  for (const [scene, rule] of [
    [claiming, 'claim-missing'],
    [crashing, 'port-in-use'],
  ] as const) {
    const report = await diagnosisWithout(scene);
    expect(ruleIds(report)[0]).toBe(rule);
    expect(report.unseen).toEqual([expect.stringContaining('no metrics API')]);
  }
});

test.concurrent.each(
  rights.filter(({ right }) => right !== needsMetricsApi).map((each) => [each.right, each] as const),
)('without %s', async (right, { verb, resource }) => {
  const report = await diagnosisWithout(resource === 'pods/log' ? crashing : claiming, right);
  const refused = report.unseen.filter((reason) => reason.includes('this worker may not look'));
  expect(refused).not.toEqual([]);
  for (const reason of refused) expect(reason).toContain(`cannot ${verb} resource "${resource}"`);
  expect(report.summary).not.toBe('');
});

test('without nodes it finds why no node takes the pods, and says that it could not see which', async () => {
  const [all, less] = [await diagnosisWithout(waiting), await diagnosisWithout(waiting, 'list nodes')];
  expect(all.findings[0]?.headline).toMatch(/cordoned.*own-/);
  expect(ruleIds(less)).toContain('nodes-cordoned');
  expect(JSON.stringify(less.findings)).not.toMatch(/own-/);
  expect(less.unseen).toContainEqual(expect.stringMatching(/^the nodes: this worker may not look \(/));
});
