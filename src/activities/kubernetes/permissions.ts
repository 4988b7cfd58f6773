/**
 * The least rights of a worker, each with its reason: what pre-flight asks about and what the
 * role of the worker's account must grant. All in the target's namespace; a Role suffices.
 *
 * RBAC cannot grant metadata alone: `get` on Secrets lets an account read their values. Fairway
 * asks for the metadata only, and only by name, so `resourceNames` may narrow that right to the
 * Secrets that the workload references.
 */
import type { References } from './references.ts';

export interface Permission {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verbs: readonly string[];
  /** Only these objects; any when absent. */
  readonly names?: readonly string[];
  /** Completes "the worker needs it to …". */
  readonly reason: string;
}

/** What every release uses; Helm and verification state their own. */
export const releasePermissions: readonly Permission[] = [
  {
    group: '',
    resource: 'namespaces',
    verbs: ['get'],
    reason: 'see that the namespace exists and is not going',
  },
  {
    group: 'apps',
    resource: 'deployments',
    verbs: ['get', 'list', 'watch'],
    reason: 'observe the workload and watch its rollout',
  },
  {
    group: 'apps',
    resource: 'deployments',
    verbs: ['patch'],
    reason: 'set the image and put the old template back',
  },
  {
    group: 'apps',
    resource: 'replicasets',
    verbs: ['get', 'list', 'watch'],
    reason: 'find the recorded revision and watch the rollout',
  },
  {
    group: '',
    resource: 'pods',
    verbs: ['list', 'watch'],
    reason: 'watch the rollout and see who else a Service selects',
  },
  { group: '', resource: 'services', verbs: ['get'], reason: 'observe and back up the Service' },
  {
    group: 'autoscaling',
    resource: 'horizontalpodautoscalers',
    verbs: ['get', 'list'],
    reason: 'observe and back up the autoscaler',
  },
  {
    group: '',
    resource: 'configmaps',
    verbs: ['list', 'create', 'delete'],
    reason: 'keep the newest backups',
  },
];

/** What a rollback uses besides the rights of a release. */
export const rollbackPermissions: readonly Permission[] = [
  { group: '', resource: 'configmaps', verbs: ['get'], reason: 'read a backup' },
  { group: '', resource: 'services', verbs: ['patch'], reason: 'bring the Service of a backup back' },
  {
    group: 'autoscaling',
    resource: 'horizontalpodautoscalers',
    verbs: ['patch'],
    reason: 'bring the autoscaler of a backup back',
  },
];

/** What is needed to see that the objects exist that a workload references. */
export function permissionsForReferences({ secrets, configMaps }: References): readonly Permission[] {
  const look = (resource: string, names: readonly string[]): readonly Permission[] =>
    names.length === 0
      ? []
      : [
          {
            group: '',
            resource,
            verbs: ['get'],
            names,
            reason: 'see that what the workload references exists',
          },
        ];
  return [...look('secrets', secrets), ...look('configmaps', configMaps)];
}
