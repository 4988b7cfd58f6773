/** What a rollback returns to, decided before it changes anything. */
import type { ObservedTarget, Problem } from './observation.ts';
import { refuse, type Unchanged } from './refusal.ts';
import { chooseBackup } from './rollback-choose-backup.ts';
import { chooseHelm, helmRevisionOf } from './rollback-choose-helm.ts';
import { chooseRevision, chooseVersion } from './rollback-choose-revision.ts';
import type {
  Choice,
  Destination,
  Found,
  RollbackDecision,
  RollbackFacts,
  RollbackPlan,
} from './rollback-decision.ts';
import type { RollbackRequest, RollbackTo } from './rollback-request.ts';
import { backupWords, helmRevisionWords, revisionWords } from './rollback-words.ts';
import type { Target } from './target.ts';
import { versionOf } from './version-of.ts';

export function planRollback({ to }: RollbackRequest, facts: RollbackFacts): RollbackDecision {
  const undone = alreadyUndone(to, facts);
  if (undone !== undefined) return undone;
  const choice = choose(to, facts);
  if (choice.decision !== 'found') return choice;
  const { destination } = choice;
  const { replicas, name } = facts.observed.deployment;
  const wanted = destination.by === 'backup' ? destination.backup.replicas : replicas;
  if (wanted === 0) {
    return refuse(
      'scaled-to-zero',
      `Deployment ${name} is scaled to 0 ${destination.by === 'backup' ? 'in this backup' : 'now'}: nothing would run, so nothing could be verified`,
      'scale it up first, or choose a backup with replicas',
    );
  }
  return { decision: 'go', plan: planFor(choice, facts) };
}

function choose(to: RollbackTo, facts: RollbackFacts): Choice {
  switch (to.kind) {
    case 'previous':
      return chooseRevision(undefined, facts);
    case 'revision':
      return chooseRevision(to.revision, facts);
    case 'version':
      return chooseVersion(to.version, facts);
    case 'helmPrevious':
      return chooseHelm(undefined, facts);
    case 'helmRevision':
      return chooseHelm(to.revision, facts);
    case 'latestBackup':
      return chooseBackup(undefined, facts);
    case 'backup':
      return chooseBackup(to.configMap, facts);
  }
}

/**
 * "Previous" was said of what ran when it was said. A release that was stopped for it has brought that
 * back already; going back once more would be one too far. One that had changed nothing has brought nothing back.
 */
function alreadyUndone(
  to: RollbackTo,
  { target, observed, interrupted }: RollbackFacts,
): Unchanged | undefined {
  const relative = to.kind === 'previous' || to.kind === 'helmPrevious' || to.kind === 'latestBackup';
  if (!relative || interrupted === undefined || interrupted.outcome === 'released') return undefined;
  if (interrupted.changed === false) return undefined;
  const { image } = observed.deployment;
  const undone =
    interrupted.outcome !== undefined && (interrupted.from === undefined || interrupted.from === image);
  if (!undone) return undefined;
  return {
    decision: 'unchanged',
    ...(interrupted.changed === true ? { putBack: true } : {}),
    reason: `release "${interrupted.release}" was stopped and ${target.service.displayName} in ${target.environment.name} runs ${image}, as before it; start the rollback again to go further back`,
  };
}

function planFor({ destination, notes }: Found, facts: RollbackFacts): RollbackPlan {
  const { observed, target } = facts;
  const to = imageOf(destination, observed);
  const helmRevision = helmRevisionOf(destination, facts);
  return {
    strategy: 'rollback',
    from: observed.deployment.image,
    to,
    method: helmRevision === undefined ? 'image' : 'helm',
    destination,
    ...(helmRevision === undefined ? {} : { helmRevision }),
    words: withHelm(wordsOf(destination), destination, helmRevision),
    notes: [...notes, ...(helmRevision === undefined ? helmNotes(to, target, observed) : [])],
    recorded: observed,
  };
}

function imageOf(destination: Destination, { deployment }: ObservedTarget): string {
  switch (destination.by) {
    case 'revision':
      return destination.revision.image;
    case 'helm':
      // A chart without the container would be another service's.
      return destination.revision.image ?? deployment.image;
    case 'backup':
      return destination.backup.image;
  }
}

function wordsOf(destination: Destination): string {
  switch (destination.by) {
    case 'revision':
      return revisionWords(destination.revision);
    case 'helm':
      return helmRevisionWords(destination.revision);
    case 'backup':
      return backupWords(destination.backup);
  }
}

function withHelm(words: string, { by }: Destination, helmRevision: number | undefined): string {
  return helmRevision === undefined || by === 'helm' ? words : `${words}, with Helm revision ${helmRevision}`;
}

/** Said when Helm keeps another version than the one that will run. */
function helmNotes(to: string, { service }: Target, { helm, deployment }: ObservedTarget): readonly string[] {
  const held = helm?.manifestImage ?? deployment.image;
  if (helm === undefined || held === to) return [];
  const why =
    service.update === 'helm'
      ? 'it has no revision of this version any more'
      : 'this service is updated past it';
  return [
    `Helm release ${helm.name} still holds ${versionOf(held)} (${why}): the next \`helm upgrade\` by hand would bring that back.`,
  ];
}

/** What is wrong with the running version is the reason for a rollback and no obstacle to it. */
const curable: readonly string[] = [
  'rollout-in-progress',
  'secret-missing',
  'config-map-missing',
  'helm-drift',
  'chart-does-not-render',
];
/** A backup brings the Service back too. */
const curableByBackup: readonly string[] = [
  'service-without-selector',
  'service-selects-nothing',
  'service-selects-others',
];

/** Pre-flight's problems that stand in the way of this rollback. */
export function obstacles(problems: readonly Problem[], { kind }: RollbackTo): readonly Problem[] {
  const byBackup = kind === 'backup' || kind === 'latestBackup';
  return problems.filter(
    ({ rule }) => !curable.includes(rule) && !(byBackup && curableByBackup.includes(rule)),
  );
}
