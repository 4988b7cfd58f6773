/** The target as it is, stored in its own namespace. */
import type { BackupRef } from '../domain/backup.ts';
import type { Stage } from './conduct.ts';
import { stepKey } from './progress.ts';

export async function backUp({ target, cluster, progress, announcer }: Stage): Promise<BackupRef> {
  const backup = await progress.step(
    'Back up',
    () =>
      cluster.change.backUpTarget.executeWithOptions({ summary: `Back up ${target.service.deployment}` }, [
        { target, key: stepKey('backup') },
      ]),
    {
      next: 'update',
      done: (ref) => `ConfigMap ${ref.configMap}: ${ref.objects.length} objects, ${ref.image}`,
    },
  );
  announcer.reply('backup', `Backed up as ConfigMap ${backup.configMap} (${backup.image})`);
  return backup;
}
