/** Pods that nobody takes care of: no scheduler, no network, no kubelet. */
import type { DiagnosisRule, Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import { eventEvidence, listed, podEvents, pods, share, unique } from './diagnosis-look.ts';
import type { PodObservation } from './rollout-observation.ts';

/** A kubelet that was given a pod says something within seconds (milliseconds). */
const silenceMs = 60_000;
/** So does a scheduler about a pod that is new (milliseconds). */
const schedulerSilenceMs = 10_000;

export const silenceRules: readonly DiagnosisRule[] = [
  { id: 'scheduler-silent', look: schedulerSilent },
  { id: 'sandbox-failing', look: sandbox },
  { id: 'node-silent', look: nodeSilent },
];

function schedulerSilent(seen: DiagnosisObservation): readonly Found[] {
  const unseen = pods(seen).filter(
    ({ phase, scheduled, createdAt, containers }) =>
      phase === 'Pending' &&
      scheduled === undefined &&
      containers.length === 0 &&
      seen.at - createdAt > schedulerSilenceMs,
  );
  const waiting = unseen.filter(({ name }) => placeOf(seen, name)?.node === undefined);
  if (waiting.length === 0) return [];
  const scheduler = seen.workload?.scheduler ?? 'default-scheduler';
  return [
    {
      about: 'scheduling',
      headline: `No scheduler has looked at ${share(waiting.length, seen)}: they wait for "${scheduler}"`,
      cause: `The scheduler named in the template does not run, or is far behind.`,
      remedy: `Correct schedulerName in the template, or see that it runs: kubectl get pods -n kube-system.`,
      evidence: waiting.map(({ name }) => ({
        subject: `pod ${name}`,
        detail: 'has no PodScheduled condition',
      })),
    },
  ];
}

function sandbox(seen: DiagnosisObservation): readonly Found[] {
  const starting = pods(seen).filter(hasNotStarted);
  const events = starting.flatMap(({ name }) =>
    podEvents(seen, name).filter(({ reason }) =>
      ['FailedCreatePodSandBox', 'NetworkNotReady'].includes(reason),
    ),
  );
  const [first] = events;
  if (first === undefined) return [];
  return [
    {
      about: 'sandbox',
      headline: `The network or sandbox of a pod cannot be made: ${first.message}`,
      cause: 'The container runtime or the network plug-in of the node fails, often for want of addresses.',
      remedy:
        'See the network plug-in’s pods (kubectl get pods -n kube-system -o wide); if one node alone shows it, cordon it: kubectl cordon <node>.',
      evidence: eventEvidence(events),
    },
  ];
}

function nodeSilent(seen: DiagnosisObservation): readonly Found[] {
  const silent = pods(seen).filter(
    ({ scheduled, containers }) =>
      scheduled?.status === 'True' && containers.length === 0 && seen.at - scheduled.since > silenceMs,
  );
  if (silent.length === 0) return [];
  const nodes = unique(silent.flatMap(({ name }) => placeOf(seen, name)?.node ?? []));
  return [
    {
      about: 'nodes',
      headline: `Node ${listed(nodes)} does nothing with ${share(silent.length, seen)} that it was given`,
      cause: 'The kubelet of the node is down, overloaded or cut off.',
      remedy: `See the node (kubectl describe node ${nodes[0] ?? ''}), and keep pods away until it works: kubectl cordon ${nodes[0] ?? ''}.`,
      evidence: silent.map(({ name }) => ({
        subject: `pod ${name}`,
        detail: 'scheduled, and no container was begun',
      })),
    },
  ];
}

function hasNotStarted({ containers }: PodObservation): boolean {
  return containers.every(
    ({ running, terminated, lastTermination }) => !running && !terminated && !lastTermination,
  );
}

function placeOf({ places }: DiagnosisObservation, name: string) {
  return places.find(({ pod }) => pod === name);
}
