/** A ReplicaSet to return to: the previous one, a numbered one, or one of a version. */
import { refuse } from './refusal.ts';
import type { Choice, RollbackFacts } from './rollback-decision.ts';
import { revisionWords, whatExists } from './rollback-words.ts';
import type { TargetRevision } from './target-history.ts';
import { versionOf } from './version-of.ts';

/**
 * Previous: the newest revision whose pods differ from the running ones. Releasing a version again
 * makes no such revision, and a restart only one of the same content: an "undo" would go wrong there.
 * What a rollback has left is gone past: it is newer than what runs, and was left because it did not do.
 */
export function chooseRevision(asked: number | undefined, facts: RollbackFacts): Choice {
  const { history } = facts;
  const runs = running(facts);
  if (asked === undefined) {
    const others = newestFirst(history.revisions).filter(
      ({ contentDigest }) => contentDigest !== runs?.contentDigest,
    );
    const previous = others.find(({ left }) => left !== true);
    const passed = others.filter(
      ({ left, revision }) => left === true && revision > (previous?.revision ?? 0),
    );
    if (previous !== undefined) return found(previous, passed.map(passedOver));
    const what = 'no earlier revision';
    return passed.length === 0
      ? gone(facts, what, 'revision-gone')
      : gone(facts, `${what} that no rollback has left`, 'only-left-revisions');
  }
  const named =
    history.revisions.find(({ revision }) => revision === asked) ??
    history.revisions.find(({ formerRevisions }) => formerRevisions.includes(asked));
  if (named === undefined) return gone(facts, `no revision ${asked}`, 'revision-gone');
  return named.contentDigest === runs?.contentDigest
    ? runsAlready(facts, revisionWords(named))
    : found(named);
}

export function chooseVersion(version: string, facts: RollbackFacts): Choice {
  const { observed, history } = facts;
  if (versionOf(observed.deployment.image) === version) return runsAlready(facts, observed.deployment.image);
  const revision = newestFirst(history.revisions).find(({ image }) => versionOf(image) === version);
  if (revision !== undefined) return found(revision);
  const byHelm = history.helm?.find(
    ({ status, image }) => status === 'superseded' && image !== undefined && versionOf(image) === version,
  );
  if (byHelm !== undefined)
    return { decision: 'found', destination: { by: 'helm', revision: byHelm }, notes: [] };
  return gone(facts, `nothing of version ${version}`, 'version-gone');
}

function running({ observed, history }: RollbackFacts): TargetRevision | undefined {
  return history.revisions.find(({ replicaSet }) => replicaSet === observed.deployment.replicaSet);
}

function newestFirst(revisions: readonly TargetRevision[]): readonly TargetRevision[] {
  return [...revisions].sort((a, b) => b.revision - a.revision);
}

function found(revision: TargetRevision, notes: readonly string[] = []): Choice {
  return { decision: 'found', destination: { by: 'revision', revision }, notes };
}

function passedOver(revision: TargetRevision): string {
  return `Gone past ${revisionWords(revision)}: a rollback has left it. Name it to return there.`;
}

function runsAlready({ target }: RollbackFacts, words: string): Choice {
  const { service, environment } = target;
  return {
    decision: 'unchanged',
    reason: `${service.displayName} in ${environment.name} runs ${words} already`,
  };
}

function gone({ target, history }: RollbackFacts, what: string, rule: string): Choice {
  const { revisions, helm, backups } = whatExists(history);
  return refuse(
    rule,
    `the cluster holds ${what} of Deployment ${target.service.deployment}`,
    `choose one that exists. Revisions: ${revisions}. Helm: ${helm}. Backups: ${backups}`,
  );
}
