import type { AnalysisCluster } from '../analysis/cluster.ts';
import { askCheck } from './ask-pods.ts';
import type { VerificationCluster } from './cluster.ts';
import { maxConcurrency } from './limits.ts';
import { mapBounded } from './map-bounded.ts';
import { observeTarget } from './observe-target.ts';
import { readLog } from './read-log.ts';
import { patienceWithSilence } from './settle.ts';

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
    askPods: ({ target, deployment, check, patient }, signal) => {
      const at = { namespace: target.environment.namespace, deployment };
      // Those that get traffic: what is still starting has no answers yet.
      const list = async () => (await observeTarget(cluster, at)).pods.filter(({ ready }) => ready);
      const patience = patient ? patienceWithSilence(signal) : () => Promise.resolve(false);
      return askCheck({ cluster, target, list, patience, signal }, check);
    },
  };
}
