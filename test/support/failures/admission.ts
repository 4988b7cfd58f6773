/** The ReplicaSet may not create the new pods: what real admission says. */
import { AdmissionregistrationV1Api, type V1ResourceQuota } from '@kubernetes/client-node';
import { untilRefused } from '../cluster-pods.ts';
import { untilSeen } from '../cluster-watch.ts';
import { annotations } from '../../../local/kwok/annotations.ts';
import type { Failure } from './failure.ts';
import { fatal, patient, refused } from './failure.ts';
import { afterwards } from './afterwards.ts';
import type { Scene } from './scene.ts';

const exceedsQuota = /exceeded quota/;
const saysNoLimits = /must specify limits\.cpu/;
const exceedsLimit = /maximum cpu usage per Container is 1/;
const breaksSecurity = /violates PodSecurity/;
const exceedsDefault = /must be less than or equal to cpu limit/;
const tagsSayAVersion = /tags must say a version/;
const latest = { image: 'example/shop:latest' };

/** From here on it is enforced: before the quota controller has counted, it admits nothing at all. */
async function limit(
  { cluster, core, namespace }: Scene,
  hard: Record<string, string>,
  words: RegExp,
): Promise<void> {
  const body = { metadata: { name: 'shop-quota' }, spec: { hard } };
  await core.createNamespacedResourceQuota({ namespace, body });
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  await untilSeen<V1ResourceQuota>(cluster, { path, wish: 'the quota counts' }, ({ status }) =>
    Object.keys(hard).every((resource) => status?.used?.[resource] !== undefined),
  );
  await untilRefused(core, namespace, words);
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
  await untilRefused(core, namespace, tagsSayAVersion, latest);
}

const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } };

export const admissionFailures: readonly Failure[] = [
  {
    title: 'pods do not fit the quota, and no old pod may go',
    arrange: async (scene) => {
      await limit(scene, { pods: '1' }, exceedsQuota);
      await scene.release();
    },
    shown: refused(exceedsQuota),
    wait: fatal('quota-exceeded', 10),
    finding: 'quota-exceeded',
    names: /shop-quota/,
  },
  {
    title: 'pods come one by one, as the quota has no room to surge',
    before: { spec: { replicas: 2, strategy } },
    arrange: async (scene) => {
      await limit(scene, { pods: '2' }, exceedsQuota);
      await scene.release({ annotations: { [annotations.startDelay]: '120s' } });
    },
    shown: refused(exceedsQuota),
    wait: patient('quota-throttles'),
    finding: 'quota-throttles',
    names: /shop-quota/,
  },
  {
    title: 'pods say no limits where the quota asks for them',
    arrange: async (scene) => {
      await limit(scene, { 'limits.cpu': '10' }, saysNoLimits);
      await scene.release();
    },
    shown: refused(saysNoLimits),
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
      const container = { resources: { limits: { cpu: '2' } } };
      await untilRefused(core, namespace, exceedsLimit, container);
      await release({ container });
    },
    shown: refused(exceedsLimit),
    wait: fatal('pod-creation-forbidden'),
    finding: 'limit-range-violated',
    names: /cpu/,
  },
  {
    title: 'pods break the namespace’s Pod Security level',
    arrange: async ({ core, namespace, labelNamespace, release }) => {
      await labelNamespace({ 'pod-security.kubernetes.io/enforce': 'baseline' });
      const container = { securityContext: { privileged: true } };
      await untilRefused(core, namespace, breaksSecurity, container);
      await release({ container });
    },
    shown: refused(breaksSecurity),
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
      const container = { resources: { requests: { cpu: '2' } } };
      await untilRefused(core, namespace, exceedsDefault, container);
      await release({ container });
    },
    shown: refused(exceedsDefault),
    wait: fatal('pod-invalid'),
    finding: 'pod-invalid',
    names: /cpu/,
  },
  {
    title: 'pods break a policy of the cluster',
    arrange: async (scene) => {
      await forbidLatest(scene);
      await scene.release({ container: latest });
    },
    shown: refused(tagsSayAVersion),
    wait: fatal('pod-creation-forbidden'),
    finding: 'admission-denied',
    names: tagsSayAVersion,
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
