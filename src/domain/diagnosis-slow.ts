/** Rollouts that do not start, or that go on more slowly than they need. */
import { aboutRollout, type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import { eventEvidence, inNamespace, listed, podEvents, pods, share, unique } from './diagnosis-look.ts';
import { durationWords } from './status-details.ts';
import { workloadRules } from './rollout-workload-rules.ts';

/** Pulls that take longer than this are told (milliseconds). */
const longPullMs = 60_000;

type Words = Omit<Found, 'about' | 'evidence'>;

export const slowRules: readonly DiagnosisRule[] = [
  {
    id: 'rollout-paused',
    look: (seen) =>
      when(seen.rollout.deployment?.paused === true, seen, 'paused', {
        headline: `Deployment ${seen.deployment} is paused: changes of its template do not roll out`,
        cause: 'Somebody paused it, or a tool that did has ended.',
        remedy: `When nobody needs the pause: kubectl rollout resume deployment/${seen.deployment} ${inNamespace(seen)}.`,
      }),
  },
  {
    id: 'no-replicas',
    look: (seen) =>
      when(seen.rollout.deployment?.desired === 0, seen, 'spec.replicas is 0', {
        headline: `Deployment ${seen.deployment} is scaled to 0: there are no pods to serve`,
        cause: 'Somebody, or an autoscaler that scales to zero, set its replicas to 0.',
        remedy: `kubectl scale deployment/${seen.deployment} ${inNamespace(seen)} --replicas=<n>`,
      }),
  },
  { id: 'template-changed', look: changed },
  {
    id: 'controller-behind',
    look: (seen) => {
      const { deployment } = seen.rollout;
      const behind = deployment !== undefined && deployment.observedGeneration < deployment.generation;
      return when(
        behind,
        seen,
        `generation ${deployment?.generation ?? 0}, observed ${deployment?.observedGeneration ?? 0}`,
        {
          headline: `The Deployment controller has not acted on the newest change of ${seen.deployment} yet`,
          cause: 'The controller manager is down or far behind.',
          remedy: 'See that it runs: kubectl get pods -n kube-system -l component=kube-controller-manager.',
        },
      );
    },
  },
  { id: 'terminating-slowly', look: terminating },
  { id: 'image-pulling-slowly', look: pulling },
  { id: 'min-ready-seconds', look: minReady },
  {
    id: 'surge-zero',
    look: (seen) => {
      const { workload } = seen;
      const single = workload?.strategy === 'RollingUpdate' && workload.maxSurge === 0;
      return when(
        single && isRollingOut(seen),
        seen,
        `maxSurge 0, maxUnavailable ${workload?.maxUnavailable ?? ''}`,
        {
          headline: `maxSurge is 0: ${seen.deployment} ends old pods first, ${workload?.maxUnavailable ?? 1} at a time, and starts new ones after`,
          cause: 'Without surge a rollout goes in small rounds, and with less capacity.',
          remedy: `Where there is room: kubectl patch deployment/${seen.deployment} ${inNamespace(seen)} -p '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}}}'`,
        },
      );
    },
  },
  {
    id: 'progress-deadline-exceeded',
    look: (seen) =>
      workloadRules
        .filter(({ name }) => name === 'progress-deadline-exceeded')
        .flatMap((rule) => rule.look(seen.rollout))
        .map(({ subject, detail }) => ({
          about: aboutRollout,
          headline: `Deployment ${seen.deployment} made no progress within ${seen.workload?.progressDeadlineSeconds ?? 600} s`,
          cause: 'The new pods do not become available, and nothing that was looked at says why.',
          remedy: `Look at the newest pods: kubectl describe pods ${inNamespace(seen)} -l pod-template-hash=${seen.rollout.newest?.name.split('-').pop() ?? ''}.`,
          evidence: [{ subject, detail }],
        })),
  },
];

function when(holds: boolean, seen: DiagnosisObservation, detail: string, words: Words): readonly Found[] {
  return holds
    ? [{ about: aboutRollout, ...words, evidence: [{ subject: `Deployment ${seen.deployment}`, detail }] }]
    : [];
}

function isRollingOut({ rollout: { deployment, oldPods } }: DiagnosisObservation): boolean {
  return deployment !== undefined && (oldPods.live > 0 || deployment.updated < deployment.desired);
}

function changed(seen: DiagnosisObservation): readonly Found[] {
  const { deployment, expectedImage } = seen.rollout;
  const differs = deployment?.image !== undefined && deployment.image !== expectedImage;
  return when(differs, seen, `holds ${deployment?.image ?? ''}`, {
    headline: `Deployment ${seen.deployment} holds ${deployment?.image ?? ''}, and not ${expectedImage}`,
    cause: 'Somebody, or another tool, changed it during the rollout.',
    remedy: `Find out who did: kubectl get deployment ${seen.deployment} ${inNamespace(seen)} -o yaml --show-managed-fields.`,
  });
}

function terminating(seen: DiagnosisObservation): readonly Found[] {
  const late = seen.places.flatMap(({ pod, ending }) =>
    ending !== undefined && seen.at - ending.since > ending.graceSeconds * 1_000 + 5_000
      ? [{ pod, ending, ms: seen.at - ending.since }]
      : [],
  );
  const [first] = [...late].sort((a, b) => b.ms - a.ms);
  if (first === undefined) return [];
  const finalizers = unique(late.flatMap(({ ending }) => ending.finalizers));
  return [
    {
      about: 'terminating',
      headline: `${late.length === 1 ? `Pod ${first.pod} has` : `${late.length} pods have`} been ending for ${durationWords(first.ms)}, longer than the ${first.ending.graceSeconds} s of grace`,
      cause:
        finalizers.length > 0
          ? `A finalizer holds ${late.length === 1 ? 'it' : 'them'}: ${listed(finalizers)}.`
          : 'The node does not report the end: its kubelet is down, or a volume is not released.',
      remedy: `See why: kubectl describe pod ${first.pod} ${inNamespace(seen)}. Only if its node is really gone: kubectl delete pod ${first.pod} ${inNamespace(seen)} --force --grace-period=0.`,
      evidence: late.map(({ pod, ending, ms }) => ({
        subject: `pod ${pod}`,
        detail: `ending for ${durationWords(ms)}${ending.finalizers.length === 0 ? '' : `, finalizers ${ending.finalizers.join(', ')}`}`,
      })),
    },
  ];
}

function pulling(seen: DiagnosisObservation): readonly Found[] {
  const slow = pods(seen).flatMap(({ name, containers }) => {
    const creating = containers.some(({ waiting }) => waiting?.reason === 'ContainerCreating');
    const [last] = podEvents(seen, name).filter(({ reason }) => ['Pulling', 'Pulled'].includes(reason));
    return creating && last?.reason === 'Pulling' && seen.at - last.lastAt > longPullMs
      ? [{ name, last }]
      : [];
  });
  const [first] = slow;
  if (first === undefined) return [];
  return [
    {
      about: 'pulling',
      headline: `The image takes long to pull: ${share(slow.length, seen)} have waited for ${durationWords(seen.at - first.last.lastAt)}`,
      cause: 'The image is large, or the way from the registry to the nodes is slow.',
      remedy: 'Wait; then make the image smaller, or load it onto the nodes beforehand.',
      evidence: eventEvidence(slow.map(({ last }) => last)),
    },
  ];
}

function minReady(seen: DiagnosisObservation): readonly Found[] {
  const seconds = seen.workload?.minReadySeconds ?? 0;
  const waiting = pods(seen).filter(
    ({ ready }) => ready?.status === 'True' && seen.at < ready.since + seconds * 1_000,
  );
  const { deployment } = seen.rollout;
  if (waiting.length === 0 || deployment === undefined || deployment.available >= deployment.desired + 1)
    return [];
  if (!isRollingOut(seen) && deployment.available >= deployment.desired) return [];
  return [
    {
      about: 'min ready',
      headline: `${share(waiting.length, seen)} are ready and must stay so for ${seconds} s (minReadySeconds) to count`,
      cause: 'Each round of the rollout takes at least that long.',
      remedy: `Wait: kubectl rollout status deployment/${seen.deployment} ${inNamespace(seen)}.`,
      evidence: waiting.map(({ name, ready }) => ({
        subject: `pod ${name}`,
        detail: `ready for ${durationWords(seen.at - (ready?.since ?? seen.at))}`,
      })),
    },
  ];
}
