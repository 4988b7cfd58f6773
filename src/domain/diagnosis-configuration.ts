/** Secrets, ConfigMaps and keys that are missing, and containers that the kubelet cannot configure. */
import { aboutContainer, type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import {
  containersWhere,
  eventEvidence,
  eventsWhere,
  hitEvidence,
  inNamespace,
  pods,
  share,
  unique,
  valueOf,
} from './diagnosis-look.ts';

type Kind = 'Secret' | 'ConfigMap';

/** As the kubelet words it, for environment variables and for volumes. */
const missingObject = {
  Secret: /\bsecret "([^"]+)" not found/i,
  ConfigMap: /\bconfigmap "([^"]+)" not found/i,
} satisfies Record<Kind, RegExp>;
const missingKey = {
  Secret: /couldn't find key (\S+) in Secret (?:[^/\s]+\/)?([^\s"]+)/i,
  ConfigMap: /couldn't find key (\S+) in ConfigMap (?:[^/\s]+\/)?([^\s"]+)/i,
} satisfies Record<Kind, RegExp>;
/** A volume's items; the message does not name the object. */
const missingItem = {
  Secret: /references non-existent secret key: ([^\s,"]+)/i,
  ConfigMap: /references non-existent config key: ([^\s,"]+)/i,
} satisfies Record<Kind, RegExp>;
const runsAsRoot = /runAsNonRoot and image (?:will run as root|has non-numeric user)/i;
const configErrors = ['CreateContainerConfigError', 'CreateContainerError'];
const cacheNotSynced = /failed to sync .*cache/i;

export const configurationRules: readonly DiagnosisRule[] = [
  { id: 'secret-missing', look: (seen) => missingObjects(seen, 'Secret') },
  { id: 'secret-key-missing', look: (seen) => missingKeys(seen, 'Secret') },
  { id: 'config-map-missing', look: (seen) => missingObjects(seen, 'ConfigMap') },
  { id: 'config-map-key-missing', look: (seen) => missingKeys(seen, 'ConfigMap') },
  { id: 'runs-as-root', look: asRoot },
  { id: 'container-config-invalid', look: otherwise },
];

interface Complaint {
  readonly about: string;
  readonly pod?: string;
  readonly message: string;
  readonly evidence: Found['evidence'];
}

/** What kubelets say about the configuration of the newest pods, in their states and in events. */
function complaints(seen: DiagnosisObservation): readonly Complaint[] {
  const waiting = containersWhere(seen, ({ waiting: wait }) =>
    wait !== undefined && configErrors.includes(wait.reason) ? `${wait.reason}: ${wait.message}` : undefined,
  );
  const notStarted = pods(seen).filter(({ containers }) =>
    containers.every(({ running }) => running === undefined),
  );
  const mounts = eventsWhere(
    seen,
    ({ object, reason }) =>
      ['FailedMount', 'Failed'].includes(reason) && notStarted.some(({ name }) => object === `Pod ${name}`),
  );
  return [
    ...waiting.flatMap((each) =>
      each.hits.map(({ pod, detail }) => ({
        about: aboutContainer(each.container),
        pod,
        message: detail,
        evidence: hitEvidence({ ...each, hits: [{ pod, detail }] }),
      })),
    ),
    ...mounts.map((event) => ({
      about: 'volumes',
      pod: event.object.slice('Pod '.length),
      message: event.message,
      evidence: eventEvidence([event]),
    })),
  ];
}

function missingObjects(seen: DiagnosisObservation, kind: Kind): readonly Found[] {
  const said = complaints(seen).flatMap((complaint) => {
    const name = missingObject[kind].exec(complaint.message)?.[1];
    return name === undefined ? [] : [{ ...complaint, name }];
  });
  const absent = isStuck(seen)
    ? valueOf(seen.missing).filter(
        ({ kind: of, name }) => of === kind && seen.workload?.pullSecrets.includes(name) !== true,
      )
    : [];
  const command = kind === 'Secret' ? 'secret' : 'configmap';
  return unique([...said, ...absent].map(({ name }) => name)).map((name) => {
    const of = said.filter((each) => each.name === name);
    const waiting = unique(of.flatMap(({ pod }) => pod ?? [])).length;
    return {
      about: of[0]?.about ?? aboutContainer(seen.workload?.containers[0]?.name ?? ''),
      headline: `${kind} ${name} does not exist in ${seen.namespace}${waiting === 0 ? '' : `; ${share(waiting, seen)} wait for it`}`,
      cause: `The pod template needs ${kind} ${name}; without it no container of ${seen.deployment} can start.`,
      remedy: `Create it (kubectl get ${command}s ${inNamespace(seen)} lists those that exist), or correct the name in Deployment ${seen.deployment}.`,
      evidence: [
        ...of.flatMap(({ evidence }) => evidence),
        ...absent
          .filter((each) => each.name === name)
          .map(() => ({ subject: `${kind} ${name}`, detail: 'not found by the API server' })),
      ],
    };
  });
}

/** A container that has started has found all that it needs; pods that are there and ready prove the same. */
function isStuck(seen: DiagnosisObservation): boolean {
  const all = pods(seen);
  return all.length === 0
    ? seen.rollout.deployment !== undefined && seen.rollout.deployment.desired > 0
    : all.some(({ containers }) =>
        containers.some(
          ({ waiting, restarts, lastTermination }) =>
            waiting !== undefined && restarts === 0 && lastTermination === undefined,
        ),
      );
}

function missingKeys(seen: DiagnosisObservation, kind: Kind): readonly Found[] {
  const said = complaints(seen).flatMap((complaint) => {
    const [, key, name] = missingKey[kind].exec(complaint.message) ?? [];
    const item = missingItem[kind].exec(complaint.message)?.[1];
    if (key !== undefined && name !== undefined)
      return [{ ...complaint, key, where: `${kind} ${name}`, name }];
    return item === undefined
      ? []
      : [{ ...complaint, key: item, where: `the ${kind} of a volume`, name: '' }];
  });
  return unique(said.map(({ key, where }) => `${key} ${where}`)).flatMap((each) => {
    const of = said.filter(({ key, where }) => `${key} ${where}` === each);
    const [first] = of;
    if (first === undefined) return [];
    const { about, key, where, name } = first;
    const waiting = unique(of.flatMap(({ pod }) => pod ?? [])).length;
    const show =
      name === ''
        ? `kubectl get deployment ${seen.deployment} ${inNamespace(seen)} -o yaml shows the volume`
        : `kubectl describe ${kind.toLowerCase()} ${name} ${inNamespace(seen)} lists its keys`;
    return [
      {
        about,
        headline: `Key ${key} is missing in ${where}; ${share(waiting, seen)} wait for it`,
        cause: `The pod template takes the key ${key} from ${where}, which does not hold it.`,
        remedy: `Add the key (${show}), or correct it in Deployment ${seen.deployment}.`,
        evidence: of.flatMap(({ evidence }) => evidence),
      },
    ];
  });
}

function asRoot(seen: DiagnosisObservation): readonly Found[] {
  return containersWhere(seen, ({ waiting }) =>
    waiting !== undefined && runsAsRoot.test(waiting.message) ? waiting.message : undefined,
  ).map((each) => ({
    about: aboutContainer(each.container),
    headline: `Container ${each.container} must not run as root, and its image does (${share(each.hits.length, seen)})`,
    cause: 'securityContext.runAsNonRoot is set, and the image names no other user by number.',
    remedy: `Set securityContext.runAsUser for container ${each.container} in Deployment ${seen.deployment}, or a numeric USER in the image.`,
    evidence: hitEvidence(each),
  }));
}

function otherwise(seen: DiagnosisObservation): readonly Found[] {
  const known = [
    ...Object.values(missingObject),
    ...Object.values(missingKey),
    ...Object.values(missingItem),
    runsAsRoot,
    cacheNotSynced,
  ];
  return containersWhere(seen, ({ waiting }) =>
    waiting?.reason === 'CreateContainerConfigError' &&
    !known.some((pattern) => pattern.test(waiting.message))
      ? waiting.message
      : undefined,
  ).map((each) => ({
    about: aboutContainer(each.container),
    headline: `Container ${each.container} cannot be configured: ${each.hits[0]?.detail ?? ''}`,
    cause: 'The kubelet cannot make the container from what the template says.',
    remedy: `Correct the template: kubectl describe pod ${each.hits[0]?.pod ?? ''} ${inNamespace(seen)}.`,
    evidence: hitEvidence(each),
  }));
}
