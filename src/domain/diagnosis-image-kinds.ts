/** Why images cannot be pulled, as kubelets and registries word it. */
import type { Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import { inNamespace, valueOf, type ContainerHits } from './diagnosis-look.ts';
import type { DiagnosisRuleId } from './diagnosis-rules.ts';

export interface ImageTrouble extends ContainerHits {
  readonly image: string;
  /** Everything that was said about pulling it. */
  readonly text: string;
  readonly evidence: Found['evidence'];
}

export interface ImageKind {
  readonly id: DiagnosisRuleId;
  readonly matches: (trouble: ImageTrouble, seen: DiagnosisObservation) => boolean;
  readonly words: (
    trouble: ImageTrouble,
    seen: DiagnosisObservation,
  ) => Pick<Found, 'headline' | 'cause' | 'remedy'>;
}

const hostNotFound =
  /no such host|lookup .*(?:not found|server misbehaving)|temporary failure in name resolution/i;

/** The first that matches is told. */
export const imageKinds: readonly ImageKind[] = [
  {
    id: 'image-name-invalid',
    matches: ({ text }) => /InvalidImageName|invalid reference format|couldn't parse image/i.test(text),
    words: ({ image, container }, seen) => ({
      headline: `"${image}" is no valid image reference`,
      cause: `The image of container ${container} is mistyped, or a value in it was left empty.`,
      remedy: `Correct it: kubectl set image deployment/${seen.deployment} ${container}=<repository>:<tag> ${inNamespace(seen)}.`,
    }),
  },
  {
    id: 'image-never-pull',
    matches: ({ text }) => /ErrImageNeverPull|image pull policy of Never/i.test(text),
    words: ({ image, container }) => ({
      headline: `Image ${image} is not on the node, and imagePullPolicy Never forbids to pull it`,
      cause: `Container ${container} may only use images that are loaded onto the nodes beforehand.`,
      remedy: 'Set imagePullPolicy to IfNotPresent, or load the image onto every node.',
    }),
  },
  {
    id: 'image-wrong-platform',
    matches: ({ text }) =>
      /no match(?:ing manifest)? for|no match for platform|does not match the specified platform/i.test(text),
    words: ({ image }) => ({
      headline: `Image ${image} does not exist for the platform of the nodes`,
      cause: 'The image was built for another processor or operating system than the nodes have.',
      remedy:
        'Build it for the platform of the nodes (kubectl get nodes -L kubernetes.io/arch), or select nodes that fit.',
    }),
  },
  {
    id: 'pull-secret-missing',
    matches: ({ text }, seen) =>
      !hostNotFound.test(text) && !saysNotFound(text) && missingPullSecrets(seen).length > 0,
    words: ({ image }, seen) => ({
      headline: `Pull Secret ${missingPullSecrets(seen).join(', ')} does not exist in ${seen.namespace}, so ${image} cannot be pulled`,
      cause: 'The template names a Secret for the login at the registry that the namespace does not have.',
      remedy: `Create it: kubectl create secret docker-registry ${missingPullSecrets(seen)[0] ?? ''} ${inNamespace(seen)} --docker-server=… --docker-username=… --docker-password=…`,
    }),
  },
  {
    id: 'image-pull-refused',
    matches: ({ text }) =>
      /unauthorized|authentication required|no basic auth credentials|denied|forbidden|\b40[13]\b/i.test(
        text,
      ),
    words: ({ image }, seen) => ({
      headline: `The registry refuses to hand out ${image}`,
      cause: `The login of the nodes or of the pull Secret (${seen.workload?.pullSecrets.join(', ') || 'none is named'}) is wrong, expired or not allowed to pull; some registries also answer so for a repository that does not exist.`,
      remedy: `Check the repository's name, then renew the pull Secret (kubectl get secrets ${inNamespace(seen)}) or the right to pull.`,
    }),
  },
  {
    id: 'registry-rate-limited',
    matches: ({ text }) => /toomanyrequests|too many requests|rate limit|\b429\b/i.test(text),
    words: ({ image }) => ({
      headline: `The registry limits the rate of pulls: ${image} has to wait`,
      cause: 'Too many pulls came from this address or account within the registry’s period.',
      remedy: 'Wait for the period to end, log in with an account that may pull more, or use a mirror.',
    }),
  },
  {
    id: 'image-not-found',
    matches: ({ text }) => saysNotFound(text) && !hostNotFound.test(text),
    words: ({ image, container }, seen) => ({
      headline: `Image ${image} does not exist in its registry`,
      cause: 'The tag or the repository is mistyped, or the image was never pushed.',
      remedy: `Push the image, or set one that exists: kubectl set image deployment/${seen.deployment} ${container}=<repository>:<tag> ${inNamespace(seen)}.`,
    }),
  },
  {
    id: 'registry-unreachable',
    matches: ({ text }) =>
      hostNotFound.test(text) ||
      /timeout|timed out|deadline ?exceeded|connection (?:refused|reset)|no route to host|network is unreachable|x509|tls:|bad gateway|service unavailable|\b50[0234]\b|\bEOF\b|RegistryUnavailable/i.test(
        text,
      ),
    words: ({ image }) => ({
      headline: `The registry of ${image} cannot be reached from the nodes`,
      cause: 'Its name, its certificate, the network or the registry itself fails; it may pass by itself.',
      remedy: 'Check the registry’s status and name, and that the nodes reach it (DNS, proxy, firewall).',
    }),
  },
  {
    id: 'image-pull-failing',
    matches: () => true,
    words: ({ image, hits }, seen) => ({
      headline: `Image ${image} cannot be pulled`,
      cause: 'The kubelet does not say why; the events of the pod may.',
      remedy: `Look at the events: kubectl describe pod ${hits[0]?.pod ?? ''} ${inNamespace(seen)}.`,
    }),
  },
];

function saysNotFound(text: string): boolean {
  return /not ?found|manifest unknown|name unknown|does not exist|\b404\b/i.test(text);
}

function missingPullSecrets(seen: DiagnosisObservation): readonly string[] {
  const named = seen.workload?.pullSecrets ?? [];
  return valueOf(seen.missing)
    .filter(({ kind, name }) => kind === 'Secret' && named.includes(name))
    .map(({ name }) => name);
}
