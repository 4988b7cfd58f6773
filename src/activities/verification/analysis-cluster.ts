import type { AnalysisCluster } from '../analysis/cluster.ts';
import type { VerificationCluster } from './cluster.ts';
import { maxConcurrency } from './limits.ts';
import { mapBounded } from './map-bounded.ts';
import { observeTarget } from './observe-target.ts';
import { readLog } from './read-log.ts';

/** What an analysis needs of a cluster, seen as a verification sees it. */
export function createAnalysisCluster(cluster: VerificationCluster): AnalysisCluster {
  return {
    observePods: async (at) => {
      const { replicas, pods } = await observeTarget(cluster, at);
      return { desired: replicas.desired, pods };
    },
    readLogs: ({ namespace, pods, container, pattern, windowSeconds }, signal) =>
      mapBounded(pods, maxConcurrency, (pod) =>
        readLog(cluster, { namespace, pod, container }, { pattern, windowSeconds }, signal),
      ),
  };
}
