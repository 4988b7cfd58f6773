/** The least rights, within the target's namespace, that the Helm activities work with. */
import type { Target } from '../../domain/target.ts';
import type { Permission } from '../kubernetes/permissions.ts';

/** Enough to observe a release and to render its upgrade. */
export const helmReads: readonly Permission[] = [
  {
    group: '',
    resource: 'secrets',
    verbs: ['get', 'list'],
    reason: "read Helm's record of a release: one Secret for each revision",
  },
];

/**
 * For upgrade and rollback of the workload. What each other kind of the service's chart takes is asked
 * about once it is rendered (`chart-permissions.ts`); its hooks take what they do, and only the chart knows.
 */
export const helmWrites: readonly Permission[] = [
  {
    group: '',
    resource: 'secrets',
    verbs: ['create', 'update', 'delete'],
    reason: 'record a new revision, mark the old one superseded, and drop all but the last ten',
  },
  {
    group: 'apps',
    resource: 'deployments',
    verbs: ['get', 'patch'],
    reason: 'change the workload; neither creates nor deletes it',
  },
];

/** What a release of this target uses; nothing when Helm has no part in it. */
export function helmPermissions({ service }: Pick<Target, 'service'>): readonly Permission[] {
  if (service.helm === undefined) return [];
  return service.update === 'helm' ? [...helmReads, ...helmWrites] : helmReads;
}
