import type { Permission } from './permissions.ts';

/** What a canary or a blue/green deployment uses besides the rights of every release. */
export const trackPermissions: readonly Permission[] = [
  {
    group: 'apps',
    resource: 'deployments',
    verbs: ['create', 'delete'],
    reason: "make the Deployment of the new version's pods and remove it",
  },
  {
    group: 'apps',
    resource: 'deployments',
    subresource: 'scale',
    verbs: ['get', 'patch'],
    reason: 'move pods from one version to the other',
  },
  {
    group: 'discovery.k8s.io',
    resource: 'endpointslices',
    verbs: ['list', 'watch'],
    reason: "prove which pods get the Service's requests",
  },
  {
    group: '',
    resource: 'services',
    verbs: ['patch'],
    reason: 'switch the Service from one version to the other',
  },
  {
    group: 'autoscaling',
    resource: 'horizontalpodautoscalers',
    verbs: ['watch', 'patch'],
    reason: 'keep an autoscaler from moving the replicas meanwhile',
  },
  {
    group: 'keda.sh',
    resource: 'scaledobjects',
    verbs: ['list', 'patch'],
    reason: 'keep KEDA, where the cluster has it, from moving the replicas meanwhile',
  },
];
