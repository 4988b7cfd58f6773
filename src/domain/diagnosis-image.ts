/** Images that cannot be pulled: what is said in states and in events. */
import { imageKinds, type ImageTrouble } from './diagnosis-image-kinds.ts';
import { aboutContainer, type DiagnosisRule } from './diagnosis-rule.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import { containersWhere, eventEvidence, hitEvidence, podEvents, share } from './diagnosis-look.ts';

const pullReasons = [
  'ErrImagePull',
  'ImagePullBackOff',
  'RegistryUnavailable',
  'ErrImageNeverPull',
  'InvalidImageName',
];

export const imageRules: readonly DiagnosisRule[] = imageKinds.map(({ id }) => ({
  id,
  look: (seen) =>
    troubles(seen)
      .filter((trouble) => imageKinds.find((kind) => kind.matches(trouble, seen))?.id === id)
      .map((trouble) => {
        const words = imageKinds.find((kind) => kind.id === id)?.words(trouble, seen);
        return {
          about: aboutContainer(trouble.container),
          headline: `${words?.headline ?? ''} (${share(trouble.hits.length, seen)})`,
          cause: words?.cause ?? '',
          remedy: words?.remedy ?? '',
          evidence: trouble.evidence,
        };
      }),
}));

/** Older kubelets say in the state only that they wait; why stands in the events of the same pod. */
function troubles(seen: DiagnosisObservation): readonly ImageTrouble[] {
  return containersWhere(seen, ({ waiting }) =>
    waiting !== undefined && pullReasons.includes(waiting.reason)
      ? `${waiting.reason}: ${waiting.message}`
      : undefined,
  ).map((each) => {
    const image = each.facts?.image ?? seen.rollout.expectedImage;
    const events = each.hits
      .flatMap(({ pod }) => podEvents(seen, pod))
      .filter(
        ({ reason, message }) => reason === 'Failed' && message.includes('pull') && message.includes(image),
      );
    const text = [...each.hits.map(({ detail }) => detail), ...events.map(({ message }) => message)]
      .join('\n')
      // Names must not be read as words of the registry.
      .replaceAll(image, '');
    return { ...each, image, text, evidence: [...hitEvidence(each), ...eventEvidence(events)] };
  });
}
