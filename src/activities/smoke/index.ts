import { Context } from '@temporalio/activity';
import { placeOf } from '../kubernetes/deployment.ts';
import { toFailure } from '../kubernetes/failures.ts';
import { runCommandTest } from './command-test.ts';
import { runJobTest } from './job-test.ts';
import type { SmokeCluster } from './scene.ts';
import type { SmokeActivities } from './types.ts';

export interface SmokeDeps {
  /** The cluster of a kube context; throws for one that this worker does not know. */
  readonly clusterOf: (context: string) => SmokeCluster;
  /** Folder of `fairway.yaml`: where commands run. */
  readonly folder: string;
  /** Reduced before a command gets it; usually `process.env`. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * A repeated call runs a command again, and finds its Job by name. Throws `NotFound` (the Deployment),
 * `Forbidden`, `InvalidObject` (a policy refuses the Job), `ChangedByOther` and `ClusterUnreachable`;
 * whatever the test does is in the result.
 */
export function createSmokeActivities(deps: SmokeDeps): SmokeActivities {
  return {
    runSmokeTest: async ({ target, deployment, test, key }) => {
      const { cancellationSignal: signal } = Context.current();
      const place = placeOf(target);
      try {
        const { folder, environment } = deps;
        const cluster = deps.clusterOf(place.cluster);
        const scene = { ...cluster, place, deployment, key, folder, environment, signal };
        return await (test.kind === 'command' ? runCommandTest(scene, test) : runJobTest(scene, test));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw toFailure(error, place);
      }
    },
  };
}
