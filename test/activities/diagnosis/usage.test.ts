/** What nodes use, by a metrics API: here the real API server serves its objects, as custom ones. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApiextensionsV1Api, CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { startCluster, type Cluster } from '../../../local/cluster.ts';
import { diagnosisPermissions } from '../../../src/activities/diagnosis/permissions.ts';
import { aNamespace, toolsFolder } from '../../support/cluster.ts';
import { untilAPod } from '../../support/cluster-pods.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { accountWith } from '../kubernetes/account.ts';
import { diagnose, targetIn } from './bench.ts';

const group = 'metrics.k8s.io';
const version = 'v1beta1';

// Its own: on the cluster that all share, others see that there is no metrics API.
let cluster: Cluster;
let config: KubeConfig;
beforeAll(async () => {
  cluster = await startCluster({ bin: toolsFolder(), contexts: ['metrics'] });
  config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  await serve('pods', 'PodMetrics', 'Namespaced');
  await serve('nodes', 'NodeMetrics', 'Cluster');
});
afterAll(() => cluster.stop());

async function serve(plural: string, kind: string, scope: string): Promise<void> {
  const api = config.makeApiClient(ApiextensionsV1Api);
  const schema = { openAPIV3Schema: { type: 'object', x_kubernetes_preserve_unknown_fields: true } };
  await api.createCustomResourceDefinition({
    body: {
      metadata: {
        name: `${plural}.${group}`,
        annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' },
      },
      spec: {
        group,
        scope,
        names: { plural, kind },
        versions: [{ name: version, served: true, storage: true, schema }],
      },
    },
  });
  const custom = config.makeApiClient(CustomObjectsApi);
  const isServed = () =>
    custom.listClusterCustomObject({ group, version, plural }).then(
      () => true,
      () => false,
    );
  while (!(await isServed())) await new Promise((next) => setTimeout(next, 100));
}

test('a node that has hardly any CPU left is told', async () => {
  const at = { kubeconfig: cluster.kubeconfig, config };
  const namespace = await aNamespace(at);
  await installWorkload(at, { namespace, tag: '4.1.0' });
  const wish = { namespace, wish: 'a pod on a node', timeoutMs: 120_000 };
  await untilAPod(at, wish, ({ spec }) => spec?.nodeName !== undefined);
  const core = config.makeApiClient(CoreV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);
  const { items } = await core.listNamespacedPod({ namespace });
  const name = items.find(({ spec }) => spec?.nodeName !== undefined)?.spec?.nodeName ?? '';
  const { status } = await core.readNode({ name });
  await custom.createClusterCustomObject({
    ...{ group, version, plural: 'nodes' },
    body: {
      apiVersion: `${group}/${version}`,
      kind: 'NodeMetrics',
      metadata: { name },
      usage: { cpu: status?.allocatable?.['cpu'], memory: '1Mi' },
    },
  });
  const report = await diagnose(config, { target: targetIn(namespace) });
  expect(report.findings).toContainEqual(
    expect.objectContaining({ rule: 'node-cpu-used-up', headline: `node ${name} has hardly any CPU left` }),
  );
  expect(report.findings.map(({ rule }) => rule)).not.toContain('node-memory-used-up');
  expect(report.unseen.join()).not.toMatch(/metrics API/);
});

test('without the rights of the cluster it says that it saw neither nodes nor what they use', async () => {
  const at = { kubeconfig: cluster.kubeconfig, config };
  const namespace = await aNamespace(at);
  await installWorkload(at, { namespace, tag: '4.1.0', replicas: 0 });
  const account = await accountWith(at, namespace, 'of-the-namespace', diagnosisPermissions);
  const { unseen } = await diagnose(account, { target: targetIn(namespace) });
  const refused = (what: string, resource: string): unknown =>
    expect.stringMatching(
      new RegExp(`^${what}: this worker may not look .*cannot list resource "${resource}"`),
    );
  expect([...unseen].sort()).toEqual([refused('the nodes', 'nodes'), refused('what nodes use', 'nodes')]);
});
