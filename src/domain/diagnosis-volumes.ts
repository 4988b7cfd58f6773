/** Claims without a volume, and volumes that do not reach the pod. */
import type { DiagnosisRule, Found } from './diagnosis-rule.ts';
import { aboutScheduling } from './diagnosis-rule.ts';
import type { ClaimFact, DiagnosisObservation, EventFact } from './diagnosis-observation.ts';
import type { PodObservation } from './rollout-observation.ts';
import { eventEvidence, eventsWhere, inNamespace, pods, share, unique, valueOf } from './diagnosis-look.ts';

/** Said of a Secret or a ConfigMap: another rule's. */
const aboutReference = /(?:secret|configmap) "[^"]+" not found|references non-existent/i;
const inUse = /multi-attach error|already (?:exclusively )?attached/i;
/** The scheduler says that it is a volume that keeps the pod. */
export const aboutVolumes = /persistentvolumeclaim|volume node affinity|no available volume zone/i;
/** Said of some nodes, beside what keeps the pod from others. */
const nothingToBind = /persistent volumes? to bind/i;
const elsewhere = /volume node affinity conflict|had no available volume zone|node affinity mismatch/i;

export const volumeRules: readonly DiagnosisRule[] = [
  {
    id: 'claim-missing',
    look: claims('Missing', (name, seen) => ({
      headline: `PersistentVolumeClaim ${name} does not exist in ${seen.namespace}`,
      cause: `The pods of ${seen.deployment} mount it, and no node takes them without it.`,
      remedy: `Create it, or correct claimName in the template (kubectl get pvc ${inNamespace(seen)}).`,
    })),
  },
  {
    id: 'claim-lost',
    look: claims('Lost', (name, seen) => ({
      headline: `The volume of PersistentVolumeClaim ${name} is gone`,
      cause: 'The claim was bound to a PersistentVolume that was deleted; its data may be lost.',
      remedy: `Restore the PersistentVolume, or the data into a new claim: kubectl describe pvc ${name} ${inNamespace(seen)}.`,
    })),
  },
  {
    id: 'claim-pending',
    look: claims('Pending', (name, seen, { storageClass }) => ({
      headline: `PersistentVolumeClaim ${name} has no volume${storageClass === undefined ? ' and names no StorageClass' : ` of StorageClass ${storageClass}`} yet`,
      cause:
        'Nothing provides the volume: the StorageClass is missing or mistyped, its provisioner does not work, or no PersistentVolume fits.',
      remedy: `See what it waits for: kubectl describe pvc ${name} ${inNamespace(seen)}; kubectl get storageclass.`,
    })),
  },
  { id: 'volume-elsewhere', look: boundElsewhere },
  {
    id: 'volume-in-use',
    look: (seen) =>
      mountTrouble(
        seen,
        (message) => inUse.test(message),
        (count) => ({
          headline: `A volume is still attached to another node; ${share(count, seen)} wait for it`,
          cause:
            'The volume can be used by one node at a time, and a pod of the old version (or a node that is gone) still holds it.',
          remedy: `Let the old pod end first (strategy Recreate), or find who holds it: kubectl get volumeattachments; kubectl get pods ${inNamespace(seen)} -o wide.`,
        }),
      ),
  },
  {
    id: 'volume-mount-failed',
    look: (seen) =>
      mountTrouble(
        seen,
        (message) => !inUse.test(message) && !aboutReference.test(message),
        (count, message) => ({
          headline: `A volume cannot be mounted (${share(count, seen)}): ${message}`,
          cause: 'The node cannot attach or mount a volume of the pod.',
          remedy: `See the events (kubectl get events ${inNamespace(seen)} --field-selector reason=FailedMount) and the storage driver's log on that node.`,
        }),
      ),
  },
];

type Words = Pick<Found, 'headline' | 'cause' | 'remedy'>;

function claims(
  phase: ClaimFact['phase'],
  words: (name: string, seen: DiagnosisObservation, claim: ClaimFact) => Words,
): DiagnosisRule['look'] {
  return (seen) =>
    valueOf(seen.claims)
      .filter((claim) => claim.phase === phase && isWaitedFor(claim, seen))
      .map((claim) => ({
        about: aboutScheduling,
        ...words(claim.name, seen, claim),
        evidence: [
          { subject: `PersistentVolumeClaim ${claim.name}`, detail: phase },
          ...eventEvidence(
            eventsWhere(seen, ({ object }) => object === `PersistentVolumeClaim ${claim.name}`),
          ),
          ...schedulerSays(seen),
        ],
      }));
}

/** A pod that runs has its volumes. */
function isWaitedFor({ name, phase }: ClaimFact, seen: DiagnosisObservation): boolean {
  const all = pods(seen);
  if (phase !== 'Pending') return all.length === 0 || all.some((pod) => pod.phase === 'Pending');
  // Bound on first use, it is pending because no node takes the pod, and not the other way round.
  const isKept = all.some(({ scheduled }) => isStuckByVolume(scheduled));
  const failed = eventsWhere(
    seen,
    ({ object, reason }) => object === `PersistentVolumeClaim ${name}` && reason === 'ProvisioningFailed',
  );
  return isKept || (failed.length > 0 && all.every((pod) => pod.phase === 'Pending'));
}

function isStuckByVolume(scheduled: PodObservation['scheduled']): boolean {
  return (
    scheduled?.status === 'False' &&
    (aboutVolumes.test(scheduled.message) || nothingToBind.test(scheduled.message))
  );
}

function schedulerSays(seen: DiagnosisObservation): Found['evidence'] {
  return pods(seen).flatMap(({ name, scheduled }) =>
    scheduled?.status === 'False' ? [{ subject: `pod ${name}`, detail: scheduled.message }] : [],
  );
}

function boundElsewhere(seen: DiagnosisObservation): readonly Found[] {
  const stuck = pods(seen).filter(({ scheduled }) => elsewhere.test(scheduled?.message ?? ''));
  if (stuck.length === 0) return [];
  return [
    {
      about: aboutScheduling,
      headline: `${share(stuck.length, seen)} cannot run where their volume is`,
      cause: 'The volume belongs to one node or zone, and no node there takes the pod.',
      remedy: `Make room in that zone, or move the data: kubectl get pv -o wide; kubectl get pvc ${inNamespace(seen)}.`,
      evidence: schedulerSays(seen),
    },
  ];
}

function mountTrouble(
  seen: DiagnosisObservation,
  matches: (message: string) => boolean,
  words: (count: number, message: string) => Words,
): readonly Found[] {
  const starting = pods(seen).filter(({ containers }) =>
    containers.every(
      ({ running, terminated, lastTermination }) => !running && !terminated && !lastTermination,
    ),
  );
  const isIts = ({ object, reason, message }: EventFact): boolean =>
    ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume'].includes(reason) &&
    starting.some(({ name }) => object === `Pod ${name}`) &&
    matches(message);
  const events = eventsWhere(seen, isIts);
  const [first] = events;
  if (first === undefined) return [];
  const count = unique(events.map(({ object }) => object)).length;
  return [{ about: 'volumes', ...words(count, first.message), evidence: eventEvidence(events) }];
}
