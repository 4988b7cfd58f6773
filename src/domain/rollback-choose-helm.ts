/** A revision of Helm to return to, and the one that goes with a revision of the cluster. */
import type { HelmStatus } from './observation.ts';
import { refuse } from './refusal.ts';
import type { Choice, Destination, RollbackFacts } from './rollback-decision.ts';
import { helmRevisionWords, whatExists } from './rollback-words.ts';
import type { HelmRevisionFacts } from './target-history.ts';

/** Revisions that were in force once; a failed one never was. */
const sound: readonly HelmStatus[] = ['deployed', 'superseded'];

export function chooseHelm(asked: number | undefined, facts: RollbackFacts): Choice {
  const { target, observed, history } = facts;
  const { service, environment } = target;
  const revisions = history.helm;
  if (observed.helm === undefined || revisions === undefined) {
    return refuse(
      'helm-release-missing',
      `${service.displayName} in ${environment.name} has no Helm release ${service.helm?.release ?? '(none is configured)'}`,
      'return to a revision, a version or a backup instead',
    );
  }
  const { deployedRevision, status } = observed.helm;
  const inForce = revisions.find(({ revision }) => revision === deployedRevision);
  const differs = ({ manifestDigest }: HelmRevisionFacts): boolean =>
    manifestDigest !== inForce?.manifestDigest;
  const earlier = newestFirst(revisions).filter(
    (each) => each.revision < deployedRevision && sound.includes(each.status) && differs(each),
  );
  const left = leftRevisions(revisions);
  const previous = earlier.find(({ revision }) => !left(revision));
  const chosen = asked === undefined ? previous : revisions.find(({ revision }) => revision === asked);
  if (chosen === undefined) {
    return refuse(
      'helm-revision-gone',
      `Helm release ${observed.helm.name} has no ${asked === undefined ? 'earlier revision that differs and that no rollback has left' : `revision ${asked}`}`,
      `choose one that exists: ${whatExists(history).helm}`,
    );
  }
  const runs = chosen.image === undefined || chosen.image === observed.deployment.image;
  if (runs && !differs(chosen) && status === 'deployed') {
    return {
      decision: 'unchanged',
      reason: `${service.displayName} in ${environment.name} runs ${helmRevisionWords(chosen)} already`,
    };
  }
  const passed = asked === undefined ? earlier.filter(({ revision }) => revision > chosen.revision) : [];
  return { decision: 'found', destination: { by: 'helm', revision: chosen }, notes: passed.map(passedOver) };
}

/** What was in force right before a rollback did not do, whoever went back; an upgrade since is another revision. */
function leftRevisions(revisions: readonly HelmRevisionFacts[]): (revision: number) => boolean {
  const onceInForce = newestFirst(revisions).filter(({ status }) => sound.includes(status));
  const left = onceInForce.flatMap(({ rolledBackTo }, index) => {
    const before = onceInForce[index + 1];
    return rolledBackTo === undefined || before === undefined ? [] : [before.revision];
  });
  return (revision) => left.includes(revision);
}

function passedOver(revision: HelmRevisionFacts): string {
  return `Gone past ${helmRevisionWords(revision)}: a rollback has left it. Name it to return there.`;
}

/**
 * The revision for `helm rollback`, so that what Helm has stored agrees with the cluster; nothing
 * when the service is updated past Helm, or when Helm holds the image already or no more.
 */
export function helmRevisionOf(destination: Destination, facts: RollbackFacts): number | undefined {
  if (destination.by === 'helm') return destination.revision.revision;
  const { target, observed, history } = facts;
  if (target.service.update !== 'helm' || observed.helm === undefined) return undefined;
  const revisions = history.helm ?? [];
  if (destination.by === 'backup') {
    const { helmRevision } = destination.backup;
    const stored = revisions.some(({ revision }) => revision === helmRevision);
    return stored && helmRevision !== observed.helm.deployedRevision ? helmRevision : undefined;
  }
  const { image, createdAt } = destination.revision;
  if (observed.helm.manifestImage === image && observed.helm.status === 'deployed') return undefined;
  const age = ({ updatedAt }: HelmRevisionFacts): number =>
    Math.abs(Date.parse(updatedAt) - Date.parse(createdAt));
  // Several revisions may hold one image: the one that made the ReplicaSet is the nearest in time.
  return revisions
    .filter((each) => sound.includes(each.status) && each.image === image)
    .sort((a, b) => age(a) - age(b))[0]?.revision;
}

function newestFirst(revisions: readonly HelmRevisionFacts[]): readonly HelmRevisionFacts[] {
  return [...revisions].sort((a, b) => b.revision - a.revision);
}
