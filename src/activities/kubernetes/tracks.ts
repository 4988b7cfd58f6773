import type { Target } from '../../domain/target.ts';
import { awaitEndpoints } from './await-endpoints.ts';
import type { ClusterClients } from './clients.ts';
import { createTrack } from './create-track.ts';
import { deleteTrack } from './delete-track.ts';
import { pauseAutoscaler } from './pause-autoscaler.ts';
import { restoreAutoscaler } from './restore-autoscaler.ts';
import { withFailures, withHeartbeat } from './run-activity.ts';
import { scaleDeployment } from './scale-deployment.ts';
import { shiftTraffic } from './shift-traffic.ts';
import { switchService } from './switch-service.ts';
import type { TrackActivities, TrafficActivities } from './types.ts';

export interface TrackActivitiesDeps {
  /** Clients of a kube context; asked once per activity. */
  readonly clusters: (context: string) => ClusterClients;
}

/** Every activity throws the types of `failures.ts`, can be repeated, and ends soon after its cancellation. */
export function createTrackActivities({
  clusters,
}: TrackActivitiesDeps): TrackActivities & TrafficActivities {
  const clientsOf = ({ environment }: Target): ClusterClients => clusters(environment.cluster);
  const quick = <I extends { readonly target: Target }, O>(
    run: (clients: ClusterClients, input: I) => Promise<O>,
  ): ((input: I) => Promise<O>) =>
    withFailures((input) => withHeartbeat(() => run(clientsOf(input.target), input)));

  return {
    createTrack: quick(createTrack),
    scaleDeployment: quick(scaleDeployment),
    awaitEndpoints: withFailures((input) => awaitEndpoints(clientsOf(input.target), input)),
    shiftTraffic: withFailures((input) => shiftTraffic(clientsOf(input.target), input)),
    switchService: quick(switchService),
    deleteTrack: quick(deleteTrack),
    pauseAutoscaler: quick(pauseAutoscaler),
    restoreAutoscaler: quick(restoreAutoscaler),
  };
}
