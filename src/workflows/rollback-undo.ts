/** The undo of a rollback: to where it started, everything that a backup may have brought included. */
import type { BackupRef } from '../domain/backup.ts';
import type { RollbackPlan } from '../domain/rollback-decision.ts';
import { clusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { registerRestore, restoreTemplate, verifyRestored } from './restore.ts';
import { rollOut } from './roll-out.ts';

export function registerReturn(stage: Stage, plan: RollbackPlan, { configMap }: BackupRef): void {
  const { target, undo } = stage;
  if (plan.destination.by !== 'backup') {
    registerRestore(stage, plan);
    return;
  }
  const { namespace } = target.environment;
  undo.register({
    name: `Deployment ${target.service.deployment}, its Service and autoscaler`,
    byHand: `put back what differs from backup ${configMap} (kubectl get configmap ${configMap} -n ${namespace} -o yaml)`,
    undo: async () => {
      const cluster = clusterActivities(target, 'endless');
      // The template from its own ReplicaSet, and from Helm; then what a template does not hold.
      await restoreTemplate(stage, cluster, plan);
      await cluster.change.restoreBackup.executeWithOptions({ summary: `Back to ${configMap}` }, [
        { target, configMap, ours: [plan.from, plan.to] },
      ]);
      await rollOut(stage, cluster, plan.from);
      await verifyRestored(stage, cluster, plan);
    },
  });
}
