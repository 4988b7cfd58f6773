import type { HelmReader } from '../helm/types.ts';
import type { Target } from '../../domain/target.ts';
import { awaitRollout } from './await-rollout.ts';
import { backUpTarget } from './back-up-target.ts';
import type { ClusterClients } from './clients.ts';
import { observeTarget } from './observe-target.ts';
import type { Permission } from './permissions.ts';
import { preflight } from './preflight.ts';
import { restoreRevision } from './restore-revision.ts';
import { restartRollout } from './restart-rollout.ts';
import { setImage } from './set-image.ts';
import type { KubernetesActivities, PreflightStrategy } from './types.ts';
import { withFailures, withHeartbeat } from './run-activity.ts';

export interface KubernetesActivitiesDeps {
  /** Clients of a kube context; asked once per activity. */
  readonly clusters: (context: string) => ClusterClients;
  readonly helm: HelmReader;
  /** Rights that a release of this target uses in other systems' activities: Helm's, verification's. */
  readonly furtherPermissions: (target: Target, strategy: PreflightStrategy) => readonly Permission[];
}

/** Every activity throws the types of `failures.ts` and ends soon after its cancellation. */
export function createKubernetesActivities(deps: KubernetesActivitiesDeps): KubernetesActivities {
  const { helm } = deps;
  const clientsOf = ({ environment }: Target): ClusterClients => deps.clusters(environment.cluster);
  const quick = <I extends { readonly target: Target }, O>(
    run: (clients: ClusterClients, input: I) => Promise<O>,
  ): ((input: I) => Promise<O>) =>
    withFailures((input) => withHeartbeat(() => run(clientsOf(input.target), input)));

  return {
    preflight: quick((clients, input) => {
      const furtherPermissions = deps.furtherPermissions(input.target, input.strategy ?? 'standard');
      return preflight({ clients, helm, furtherPermissions }, input);
    }),
    observeTarget: quick((clients, { target }) => observeTarget(clients, helm, target)),
    backUpTarget: quick((clients, input) => backUpTarget(clients, helm, input)),
    setImage: quick(setImage),
    restartRollout: quick(restartRollout),
    awaitRollout: withFailures((input) => awaitRollout(clientsOf(input.target), input)),
    restoreRevision: quick(restoreRevision),
  };
}
