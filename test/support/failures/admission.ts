/** The ReplicaSet may not create the new pods: what real admission says. */
import { AdmissionregistrationV1Api, ApiException, type V1ResourceQuota } from '@kubernetes/client-node';
import { untilSeen } from '../cluster-watch.ts';
import { annotations } from '../../../local/kwok/annotations.ts';
import type { Failure } from './failure.ts';
import { fatal, patient, refused } from './failure.ts';
import { afterwards } from './afterwards.ts';
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

/** A policy of the API server itself, for this namespace's pods. */
async function forbidLatest({ cluster, core, namespace }: Scene): Promise<void> {
  const api = cluster.config.makeApiClient(AdmissionregistrationV1Api);
  const metadata = { name: `${namespace}-tags` };
  await api.createValidatingAdmissionPolicy({
    body: {
      metadata,
      spec: {
        matchConstraints: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] },
          ],
        },
        validations: [
          {
            expression: "object.spec.containers.all(c, !c.image.endsWith(':latest'))",
            message: 'tags must say a version',
          },
        ],
      },
    },
  });
  await api.createValidatingAdmissionPolicyBinding({
    body: { metadata, spec: { policyName: metadata.name, validationActions: ['Deny'] } },
  });
  afterwards(async () => {
    await api.deleteValidatingAdmissionPolicyBinding(metadata);
    await api.deleteValidatingAdmissionPolicy(metadata);
  });
  await untilRefused(core, namespace);
}

/** The API server learns of its policies a moment after they are there. */
async function untilRefused(core: Scene['core'], namespace: string): Promise<void> {
  const body = {
    metadata: { name: 'policy-probe' },
    spec: { containers: [{ name: 'probe', image: 'example/shop:latest' }] },
  };
  for (;;) {
    try {
      await core.createNamespacedPod({ namespace, body, dryRun: 'All' });
    } catch (error) {
      if (error instanceof ApiException && error.code !== 409) return;
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } };

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
    before: { spec: { replicas: 2, strategy } },
    arrange: async (scene) => {
      await limit(scene, { pods: '2' });
      await scene.release({ annotations: { [annotations.startDelay]: '120s' } });
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
    title: 'pods ask for more than the LimitRange gives by default',
    arrange: async ({ core, namespace, release }) => {
      const limits = [{ type: 'Container', _default: { cpu: '1' } }];
      const body = { metadata: { name: 'shop-limits' }, spec: { limits } };
      await core.createNamespacedLimitRange({ namespace, body });
      await release({ container: { resources: { requests: { cpu: '2' } } } });
    },
    shown: refused(/must be less than or equal to cpu limit/),
    wait: fatal('pod-invalid'),
    finding: 'pod-invalid',
    names: /cpu/,
  },
  {
    title: 'pods break a policy of the cluster',
    arrange: async (scene) => {
      await forbidLatest(scene);
      await scene.release({ container: { image: 'example/shop:latest' } });
    },
    shown: refused(/tags must say a version/),
    wait: fatal('pod-creation-forbidden'),
    finding: 'admission-denied',
    names: /tags must say a version/,
  },
  {
    title: 'PriorityClass does not exist',
    arrange: ({ release }) => release({ pod: { priorityClassName: 'shop-first' } }),
    shown: refused(/no PriorityClass with name shop-first/),
    wait: fatal('pod-creation-forbidden'),
    finding: 'priority-class-missing',
    names: /shop-first/,
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
