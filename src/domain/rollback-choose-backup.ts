/** A stored backup to return to. Whether it differs from what is there, its contents tell. */
import { refuse } from './refusal.ts';
import type { Choice, RollbackFacts } from './rollback-decision.ts';
import { whatExists } from './rollback-words.ts';

export function chooseBackup(asked: string | undefined, { target, history }: RollbackFacts): Choice {
  const [latest] = history.backups;
  const backup = asked === undefined ? latest : history.backups.find(({ configMap }) => configMap === asked);
  if (backup !== undefined) return { decision: 'found', destination: { by: 'backup', backup }, notes: [] };
  const { service, environment } = target;
  return refuse(
    'backup-gone',
    `namespace ${environment.namespace} holds ${asked === undefined ? 'no backup' : `no backup ${asked}`} of ${service.displayName}`,
    `choose one that exists: ${whatExists(history).backups}`,
  );
}
