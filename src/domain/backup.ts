/** Where a backup lies and what it recorded. The objects themselves stay in the cluster. */
export interface BackupRef {
  /** Name of the ConfigMap in the target's namespace. */
  readonly configMap: string;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly image: string;
  readonly revision: string;
  readonly replicas: number;
  readonly helmRevision?: number;
  /** What was stored, for example `['Deployment/shop-server', 'Service/shop-server']`. */
  readonly objects: readonly string[];
}
