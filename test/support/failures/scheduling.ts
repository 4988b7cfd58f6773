/** No node takes the new pods: what the real scheduler says of real nodes. */
import type { Failure } from './failure.ts';
import { patient, unschedulable } from './failure.ts';
import { aNode, anUnreadyNode } from './nodes.ts';
import { labels } from './shop.ts';

const wait = patient('unschedulable');
const apart = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
};

export const schedulingFailures: readonly Failure[] = [
  {
    title: 'pods ask for more CPU than any node has',
    arrange: ({ release }) => release({ container: { resources: { requests: { cpu: '64' } } } }),
    shown: unschedulable(/Insufficient cpu/),
    wait,
    finding: 'insufficient-cpu',
    names: /64/,
  },
  {
    title: 'pods ask for more memory than any node has',
    arrange: ({ release }) => release({ container: { resources: { requests: { memory: '900Gi' } } } }),
    shown: unschedulable(/Insufficient memory/),
    wait,
    finding: 'insufficient-memory',
    names: /900Gi/,
  },
  {
    title: 'pods ask for a device that no node has',
    arrange: ({ release }) =>
      release({
        container: {
          resources: { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } },
        },
      }),
    shown: unschedulable(/Insufficient example.com\/gpu/),
    wait,
    finding: 'insufficient-resource',
    names: /example\.com\/gpu/,
  },
  {
    title: 'node selector matches no node',
    arrange: ({ release }) => release({ pod: { nodeSelector: { disktype: 'nvme' } } }),
    shown: unschedulable(/didn't match Pod's node affinity/),
    wait,
    finding: 'node-selector-unmatched',
    names: /disktype=nvme/,
  },
  {
    title: 'anti-affinity wants each pod on a node of its own, and one node has been given to it already',
    arrange: async ({ cluster, release }) => {
      const { pod } = await aNode(cluster);
      await release({ spec: { replicas: 2 }, pod: { ...pod, affinity: apart } });
    },
    shown: unschedulable(/didn't match pod anti-affinity rules/),
    wait,
    finding: 'pod-affinity-unmet',
    names: /anti-affinity/,
  },
  {
    title: 'pods do not tolerate the taint of their nodes',
    arrange: async ({ cluster, release }) => {
      const taints = [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }];
      const { pod } = await aNode(cluster, { taints });
      await release({ pod });
    },
    shown: unschedulable(/untolerated taint/),
    wait,
    finding: 'taint-untolerated',
    names: /dedicated/,
  },
  {
    title: 'only node is cordoned',
    arrange: async ({ cluster, release }) => {
      const { pod } = await aNode(cluster, { unschedulable: true });
      await release({ pod });
    },
    shown: unschedulable(/were unschedulable/),
    wait,
    finding: 'nodes-cordoned',
    names: /own-/,
  },
  {
    title: 'only node is not ready',
    arrange: async ({ cluster, release }) => {
      const { pod } = await anUnreadyNode(cluster);
      await release({ pod });
    },
    shown: unschedulable(/untolerated taint/),
    wait,
    finding: 'nodes-not-ready',
    names: /own-/,
  },
  {
    title: 'claim waits for a storage class that does not exist',
    arrange: async ({ core, namespace, release }) => {
      await core.createNamespacedPersistentVolumeClaim({
        namespace,
        body: {
          metadata: { name: 'shop-data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: 'fast',
            resources: { requests: { storage: '1Gi' } },
          },
        },
      });
      await release({
        pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shop-data' } }] },
      });
    },
    shown: unschedulable(/unbound immediate PersistentVolumeClaims/),
    wait,
    finding: 'claim-pending',
    names: /shop-data/,
  },
  {
    title: 'claim does not exist',
    arrange: ({ release }) =>
      release({ pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shop-data' } }] } }),
    shown: unschedulable(/persistentvolumeclaim "shop-data" not found/),
    wait,
    finding: 'claim-missing',
    names: /shop-data/,
  },
];
