/** Nodes for one case alone: others' pods do not tolerate their taint. */
import { randomBytes } from 'node:crypto';
import { CoreV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { V1Node, V1NodeSpec } from '@kubernetes/client-node';
import { annotations } from '../../../local/kwok/annotations.ts';
import type { TestCluster } from '../cluster.ts';
import { untilSeen } from '../cluster-watch.ts';
import { afterwards } from './afterwards.ts';
import type { ShopChange } from './shop.ts';

const ownTaint = { key: 'test/own-node', value: 'true', effect: 'NoSchedule' };

/** Where pods of `onNode` go. */
export interface OwnNode {
  readonly name: string;
  readonly pod: NonNullable<ShopChange['pod']>;
}

/** Resolves once the node is ready, and the cluster knows it. */
export async function aNode(cluster: TestCluster, spec: V1NodeSpec = {}): Promise<OwnNode> {
  const name = `own-${randomBytes(4).toString('hex')}`;
  const core = cluster.config.makeApiClient(CoreV1Api);
  const body: V1Node = {
    metadata: { name, labels: { 'test/node': name, 'kubernetes.io/hostname': name } },
    spec: { ...spec, taints: [ownTaint, ...(spec.taints ?? [])] },
  };
  await core.createNode({ body });
  afterwards(() => core.deleteNode({ name }));
  await untilNode(cluster, name, 'ready', (node) => isReady(node) && !isTainted(node));
  return {
    name,
    pod: {
      nodeSelector: { 'test/node': name },
      tolerations: [{ key: ownTaint.key, operator: 'Exists' }],
    },
  };
}

/** A node whose kubelet says that it is not ready. Resolves once the cluster keeps pods away from it. */
export async function anUnreadyNode(cluster: TestCluster): Promise<OwnNode> {
  const node = await aNode(cluster);
  const core = cluster.config.makeApiClient(CoreV1Api);
  const { name } = node;
  const merge = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  const condition = {
    type: 'Ready',
    status: 'False',
    reason: 'KubeletNotReady',
    message: 'container runtime is down',
  };
  await core.patchNode(
    { name, body: { metadata: { annotations: { [annotations.absent]: 'true' } } } },
    merge,
  );
  await core.patchNodeStatus({ name, body: { status: { conditions: [condition] } } }, merge);
  await untilNode(cluster, name, 'not ready', (each) => !isReady(each) && isTainted(each));
  return node;
}

async function untilNode(
  cluster: TestCluster,
  name: string,
  wish: string,
  holds: (node: V1Node) => boolean,
): Promise<void> {
  await untilSeen<V1Node>(
    cluster,
    { path: '/api/v1/nodes', wish: `node ${name} is ${wish}` },
    (node) => node.metadata?.name === name && holds(node),
  );
}

function isReady({ status }: V1Node): boolean {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
}

/** By the controller that watches the nodes' conditions. */
function isTainted({ spec }: V1Node): boolean {
  return spec?.taints?.some(({ key }) => key === 'node.kubernetes.io/not-ready') === true;
}
