/** Rollouts that go on slowly or are held, and traffic that does not arrive. */
import { annotations } from '../../../local/kwok/annotations.ts';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { V1Pod } from '@kubernetes/client-node';
import { untilAPod } from '../cluster-pods.ts';
import type { Failure } from './failure.ts';
import { patient, waitsFor, type Shown } from './failure.ts';
import type { Scene } from './scene.ts';
import { labels, names } from './shop.ts';

const slowStart = { [annotations.startDelay]: '120s' };
const newPodsStart = waitsFor('ContainerCreating');
const allNew: Shown = {
  in: 'deployments',
  when: ({ metadata, spec, status }) =>
    status?.observedGeneration === metadata?.generation &&
    status?.updatedReplicas === spec?.replicas &&
    status?.availableReplicas === spec?.replicas &&
    status?.replicas === spec?.replicas,
};

export const slowFailures: readonly Failure[] = [
  {
    title: 'rollout may not surge, so that each new pod waits for an old one',
    arrange: ({ release }) =>
      release({
        spec: {
          replicas: 2,
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        },
        annotations: slowStart,
      }),
    shown: newPodsStart,
    wait: patient(),
    finding: 'surge-zero',
    names: /maxSurge/,
  },
  {
    title: 'Deployment is paused',
    arrange: ({ release }) => release({ spec: { paused: true } }),
    shown: {
      in: 'deployments',
      when: ({ metadata, spec, status }) =>
        spec?.paused === true && status?.observedGeneration === metadata?.generation,
    },
    wait: patient(),
    finding: 'rollout-paused',
    names: /kubectl rollout resume/,
  },
  {
    title: 'pods must stay ready for long before they count',
    arrange: ({ release }) => release({ spec: { minReadySeconds: 300, progressDeadlineSeconds: 900 } }),
    shown: {
      in: 'pods',
      when: ({ spec, status }) =>
        spec?.containers[0]?.image?.endsWith(':4.1.0') === true &&
        status?.containerStatuses?.[0]?.ready === true,
    },
    wait: patient(),
    finding: 'min-ready-seconds',
    names: /300/,
  },
  {
    title: 'pods are evicted by their node',
    arrange: async (scene) => {
      await scene.release({ annotations: slowStart });
      await evict(scene);
    },
    shown: { in: 'pods', when: ({ status }) => status?.reason === 'Evicted' },
    wait: patient('pod-evicted'),
    finding: 'pod-evicted',
    names: /low on resource: ephemeral-storage/,
  },
];

/** As the kubelet of a node that runs out of disk does. */
async function evict({ cluster, core, namespace }: Scene): Promise<void> {
  const isNew = ({ spec, status }: V1Pod) =>
    spec?.containers[0]?.image?.endsWith(':4.1.0') === true && status?.podIP !== undefined;
  const pod = await untilAPod(cluster, { namespace, wish: 'a new pod on a node' }, isNew);
  const message = 'The node was low on resource: ephemeral-storage.';
  await core.patchNamespacedPodStatus(
    {
      name: pod.metadata?.name ?? '',
      namespace,
      body: { status: { phase: 'Failed', reason: 'Evicted', message } },
    },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}

/** Rollouts that complete, and a Service that does not follow: the wait for endpoints is next. */
export const trafficFailures: readonly Failure[] = [
  {
    title: 'Service selects labels that no pod has',
    arrange: async ({ core, namespace, release }) => {
      const body = [{ op: 'replace', path: '/spec/selector', value: { ...labels, tier: 'web' } }];
      await core.patchNamespacedService({ name: names.service, namespace, body });
      await release();
    },
    shown: allNew,
    wait: { ends: 'complete' },
    finding: 'service-selects-nothing',
    names: /tier=web/,
  },
  {
    title: 'Service’s targetPort is no port of the pods',
    arrange: async ({ core, namespace, release }) => {
      const body = [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 'web' }];
      await core.patchNamespacedService({ name: names.service, namespace, body });
      await release();
    },
    shown: allNew,
    wait: { ends: 'complete' },
    finding: 'service-target-port-unknown',
    names: /web/,
  },
  {
    title: 'Service does not exist',
    arrange: async ({ core, namespace, release }) => {
      await core.deleteNamespacedService({ name: names.service, namespace });
      await release();
    },
    shown: allNew,
    wait: { ends: 'complete' },
    finding: 'service-missing',
    names: /shop-server/,
  },
];
