import type { Target } from '../../domain/target.ts';
import type { HelmReader } from '../helm/types.ts';
import type { ClusterClients } from './clients.ts';
import { listRevisions } from './list-revisions.ts';
import { compareBackup, restoreBackup } from './restore-backup.ts';
import type { RollbackActivities } from './rollback-types.ts';
import { withFailures, withHeartbeat } from './run-activity.ts';

export interface RollbackActivitiesDeps {
  /** Clients of a kube context; asked once per activity. */
  readonly clusters: (context: string) => ClusterClients;
  readonly helm: HelmReader;
}

/** Every activity throws the types of `failures.ts` and ends soon after its cancellation. */
export function createRollbackActivities({ clusters, helm }: RollbackActivitiesDeps): RollbackActivities {
  const clientsOf = ({ environment }: Target): ClusterClients => clusters(environment.cluster);
  const quick = <I extends { readonly target: Target }, O>(
    run: (clients: ClusterClients, input: I) => Promise<O>,
  ): ((input: I) => Promise<O>) =>
    withFailures((input) => withHeartbeat(() => run(clientsOf(input.target), input)));
  return {
    listRevisions: quick((clients, input) => listRevisions(clients, helm, input)),
    compareBackup: quick(compareBackup),
    restoreBackup: quick(restoreBackup),
  };
}
