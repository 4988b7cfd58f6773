/** The least rights, within the target's namespace, that the Helm activities work with. */

export interface Permission {
  /** API group; empty for the core one. */
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Completes "the worker needs it to …". */
  readonly reason: string;
}

/** Enough to observe a release and to render its upgrade. */
export const helmReadPermissions: readonly Permission[] = [
  {
    group: '',
    resource: 'secrets',
    verbs: ['get', 'list'],
    reason: "read Helm's record of a release: one Secret for each revision",
  },
];

/**
 * For upgrade and rollback of the workload. Each other kind that the service's chart holds takes
 * `chartObjectVerbs`, and its hooks take what they do: only the chart knows.
 */
export const helmWritePermissions: readonly Permission[] = [
  {
    group: '',
    resource: 'secrets',
    verbs: ['get', 'list', 'create', 'update', 'delete'],
    reason: 'record a new revision, mark the old one superseded, and drop all but the last ten',
  },
  {
    group: 'apps',
    resource: 'deployments',
    verbs: ['get', 'patch'],
    reason: 'change the workload; neither creates nor deletes it',
  },
];

/** What helm does with the objects of a chart as they come, change and go. */
export const chartObjectVerbs = ['get', 'create', 'patch', 'delete'] as const;
