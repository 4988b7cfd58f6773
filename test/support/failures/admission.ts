/** The ReplicaSet may not create the new pods: what real admission says. */
import type { V1ResourceQuota } from '@kubernetes/client-node';
import { untilSeen } from '../cluster-watch.ts';
import { annotations } from '../../../local/kwok/annotations.ts';
import type { Failure } from './failure.ts';
import { fatal, patient, refused } from './failure.ts';
import type { Scene } from './scene.ts';

/** From here on it is enforced: before the quota controller has counted, it admits nothing at all. */
async function limit({ cluster, core, namespace }: Scene, hard: Record<string, string>): Promise<void> {
  const body = { metadata: { name: 'shop-quota' }, spec: { hard } };
  await core.createNamespacedResourceQuota({ namespace, body });
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  await untilSeen<V1ResourceQuota>(cluster, { path, wish: 'the quota counts' }, ({ status }) =>
    Object.keys(hard).every((resource) => status?.used?.[resource] !== undefined),
  );
}

export const admissionFailures: readonly Failure[] = [
  {
    title: 'pods do not fit the quota, and no old pod may go',
    arrange: async (scene) => {
      await limit(scene, { pods: '1' });
      await scene.release();
    },
    shown: refused(/exceeded quota/),
    wait: fatal('quota-exceeded', 10),
    finding: 'quota-exceeded',
    names: /shop-quota/,
  },
  {
    title: 'pods come one by one, as the quota has no room to surge',
    arrange: async (scene) => {
      await limit(scene, { pods: '1' });
      await scene.release({
        spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } },
        // The old pod goes in its own time.
        pod: { terminationGracePeriodSeconds: 1 },
        annotations: { [annotations.startDelay]: '60s' },
      });
    },
    shown: refused(/exceeded quota/),
    wait: patient('quota-throttles'),
    finding: 'quota-throttles',
    names: /shop-quota/,
  },
  {
    title: 'pods say no limits where the quota asks for them',
    arrange: async (scene) => {
      await limit(scene, { 'limits.cpu': '10' });
      await scene.release();
    },
    shown: refused(/must specify limits\.cpu/),
    wait: fatal('pod-creation-forbidden'),
    finding: 'quota-needs-resources',
    names: /limits\.cpu/,
  },
  {
    title: 'pods ask for more than the LimitRange allows',
    arrange: async ({ core, namespace, release }) => {
      const limits = [{ type: 'Container', max: { cpu: '1' } }];
      const body = { metadata: { name: 'shop-limits' }, spec: { limits } };
      await core.createNamespacedLimitRange({ namespace, body });
      await release({ container: { resources: { limits: { cpu: '2' } } } });
    },
    shown: refused(/maximum cpu usage per Container is 1/),
    wait: fatal('pod-creation-forbidden'),
    finding: 'limit-range-violated',
    names: /cpu/,
  },
  {
    title: 'pods break the namespace’s Pod Security level',
    arrange: async ({ labelNamespace, release }) => {
      await labelNamespace({ 'pod-security.kubernetes.io/enforce': 'baseline' });
      await release({ container: { securityContext: { privileged: true } } });
    },
    shown: refused(/violates PodSecurity/),
    wait: fatal('pod-creation-forbidden'),
    finding: 'pod-security-refused',
    names: /privileged/,
  },
  {
    title: 'ServiceAccount does not exist',
    arrange: ({ release }) => release({ pod: { serviceAccountName: 'shop-runner' } }),
    shown: refused(/serviceaccount "shop-runner" not found/),
    wait: fatal('pod-creation-forbidden'),
    finding: 'service-account-missing',
    names: /shop-runner/,
  },
];
