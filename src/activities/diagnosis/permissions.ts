/**
 * What a diagnosis reads. Every right is optional: without one it says what it could not see, and the release goes
 * on as it would. Those of the namespace fit into its Role; those of the cluster need a ClusterRole, and without
 * them it cannot say what is the matter with nodes.
 */
import type { Permission } from '../kubernetes/permissions.ts';

/** In the target's namespace, besides what a verification reads. */
export const diagnosisPermissions: readonly Permission[] = [
  { group: 'apps', resource: 'deployments', verbs: ['get'], reason: 'look at the Deployment' },
  { group: 'apps', resource: 'replicasets', verbs: ['list'], reason: 'see why pods are not created' },
  { group: '', resource: 'pods', verbs: ['list'], reason: 'look at the pods' },
  { group: '', resource: 'pods', subresource: 'log', verbs: ['get'], reason: 'read why containers end' },
  { group: '', resource: 'events', verbs: ['list'], reason: 'read what the cluster says about the pods' },
  { group: '', resource: 'services', verbs: ['get'], reason: 'compare the Service with the pods' },
  {
    group: 'discovery.k8s.io',
    resource: 'endpointslices',
    verbs: ['list'],
    reason: 'see whether the Service has ready endpoints',
  },
  { group: '', resource: 'resourcequotas', verbs: ['list'], reason: 'see whether the quota is used up' },
  {
    group: 'policy',
    resource: 'poddisruptionbudgets',
    verbs: ['list'],
    reason: 'see whether pods may be moved',
  },
  {
    group: '',
    resource: 'persistentvolumeclaims',
    verbs: ['get'],
    reason: 'see whether volumes are there',
  },
  {
    group: 'metrics.k8s.io',
    resource: 'pods',
    verbs: ['list'],
    reason: 'compare what containers use with their limits',
  },
];

/** Of the whole cluster: no Role of a namespace can grant them. */
export const diagnosisClusterPermissions: readonly Permission[] = [
  { group: '', resource: 'nodes', verbs: ['list'], reason: 'see why no node takes the pods' },
  { group: 'metrics.k8s.io', resource: 'nodes', verbs: ['list'], reason: 'see what nodes have left' },
];
