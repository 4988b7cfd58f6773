/** The least rights, within the target's namespace, that the Helm activities work with. */

export interface Permission {
  /** API group; empty for the core one. */
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly reason: string;
}

/** Enough to observe a release and to render its upgrade. */
export const helmReadPermissions: readonly Permission[] = [
  {
    group: '',
    resource: 'secrets',
    verbs: ['get', 'list'],
    reason: 'Helm keeps each revision of a release in a Secret (history, values, manifest)',
  },
];

/**
 * For upgrade and rollback. The Deployment stands for what a release changes; the other kinds that
 * the service's chart holds need `chartObjectVerbs` too, and the chart's hooks what they do.
 */
export const helmWritePermissions: readonly Permission[] = [
  {
    group: '',
    resource: 'secrets',
    verbs: ['get', 'list', 'create', 'update', 'delete'],
    reason: 'Helm writes a Secret for a new revision, marks the old one superseded and keeps the last ten',
  },
  {
    group: 'apps',
    resource: 'deployments',
    verbs: ['get', 'create', 'patch', 'delete'],
    reason: 'the chart holds the workload',
  },
];

/** What helm does with each object of a chart, over the life of a release. */
export const chartObjectVerbs = ['get', 'create', 'patch', 'delete'] as const;
