import { expect, test } from '@jest/globals';
import { AppsV1Api } from '@kubernetes/client-node';
import { aNamespace, useCluster } from '../support/cluster.ts';
import { installWorkload } from '../support/cluster-workload.ts';

const cluster = useCluster();

test('a namespace starts empty', async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0' });
  const { items } = await cluster().config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace });
  expect(items.map((item) => item.metadata?.name)).toEqual(['tensafe-server']);
});
