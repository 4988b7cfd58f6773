import { calls } from './fault.ts';
import type { Story } from './story.ts';

export const rollbackStories: readonly Story[] = [
  {
    title: 'a rollback by Helm to the previous revision',
    strategy: 'rollback',
    method: 'helm',
    behaviour: '',
    to: 'previous',
    outcome: 'rolledBack',
    ends: 'new',
    helmRevisions: 1,
    course: calls(`
      preflight:1 listRevisions:1 backUpTarget:1 rollBackHelmRelease:1 restoreRevision:1
      awaitRollout:1 verifyTarget:1`),
  },
  {
    title: 'a rollback by Helm to a revision that does not verify',
    strategy: 'rollback',
    method: 'helm',
    behaviour: '-unhealthy',
    to: 'previous',
    outcome: 'failed',
    ends: 'old',
    helmRevisions: 2,
    course: calls(`
      preflight:1 listRevisions:1 backUpTarget:1 rollBackHelmRelease:1 restoreRevision:1
      awaitRollout:1 verifyTarget:1 diagnose:1 observeTarget:1 rollBackHelmRelease:2 restoreRevision:2
      awaitRollout:2 verifyTarget:2`),
  },
  {
    title: 'a rollback by image to the stored backup',
    strategy: 'rollback',
    method: 'image',
    behaviour: '',
    to: 'backup',
    outcome: 'rolledBack',
    ends: 'new',
    helmRevisions: 0,
    course: calls(`
      preflight:1 listRevisions:1 compareBackup:1 backUpTarget:1 restoreBackup:1 awaitRollout:1
      verifyTarget:1`),
  },
  {
    title: 'a rollback by image to a stored backup that does not verify',
    strategy: 'rollback',
    method: 'image',
    behaviour: '-unhealthy',
    to: 'backup',
    outcome: 'failed',
    ends: 'old',
    helmRevisions: 0,
    course: calls(`
      preflight:1 listRevisions:1 compareBackup:1 backUpTarget:1 restoreBackup:1 awaitRollout:1
      verifyTarget:1 diagnose:1 restoreRevision:1 restoreBackup:2 awaitRollout:2 verifyTarget:2`),
  },
];
