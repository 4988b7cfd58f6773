import type { HelmPreviewer } from '../helm/types.ts';
import type { ClusterClients } from './clients.ts';
import { dryRun } from './dry-run.ts';
import { withFailures, withHeartbeat } from './run-activity.ts';
import type { DryRunActivities } from './types.ts';

export interface DryRunActivitiesDeps {
  /** Clients of a kube context; asked once per activity. */
  readonly clusters: (context: string) => ClusterClients;
  readonly helm: HelmPreviewer;
}

/** Changes nothing, throws the types of `failures.ts`, and ends soon after its cancellation. */
export function createDryRunActivities({ clusters, helm }: DryRunActivitiesDeps): DryRunActivities {
  return {
    dryRun: withFailures((input) =>
      withHeartbeat(() => dryRun({ clients: clusters(input.target.environment.cluster), helm }, input)),
    ),
  };
}
