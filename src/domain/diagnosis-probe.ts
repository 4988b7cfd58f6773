/** Containers that run and are not ready. */
import { answerEvidence, answerWords, answersOf, isGood } from './diagnosis-answers.ts';
import { neighbours, probeKinds, type ProbeKindRule, type Unready } from './diagnosis-probe-kinds.ts';
import { aboutContainer, type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation, ProbeFacts } from './diagnosis-observation.ts';
import {
  containersWhere,
  eventEvidence,
  inNamespace,
  podEvents,
  share,
  type ContainerHits,
} from './diagnosis-look.ts';
import { readinessGraceSeconds } from './rollout-readiness.ts';

const starting = 'running, within the time that its probes allow';

export const probeRules: readonly DiagnosisRule[] = [
  ...probeKinds.map(({ id, words }) => ({
    id,
    look: (seen: DiagnosisObservation) =>
      unready(seen)
        .filter((each) => chosen(each, seen)?.id === id)
        .map((each) => ({
          about: aboutContainer(each.container),
          ...words(each, seen),
          headline: `${words(each, seen).headline} (${share(each.hits.length, seen)})`,
          evidence: evidenceOf(each, seen),
        })),
  })),
  { id: 'readiness-gate-unmet', look: gates },
  {
    id: 'still-starting',
    look: (seen) =>
      unready(seen)
        .filter(isStarting)
        .map((each) => ({
          about: aboutContainer(each.container),
          headline: `Container ${each.container} is still starting (${share(each.hits.length, seen)}), within the time that its probes allow${answerSoFar(each)}`,
          cause: `Its ${each.probe.kind} probe (${each.probe.words}) has not passed yet, and need not have.`,
          remedy: `Wait: kubectl rollout status deployment/${seen.deployment} ${inNamespace(seen)}.`,
          evidence: evidenceOf(each, seen),
        })),
  },
  {
    id: 'readiness-failing',
    look: (seen) =>
      unready(seen)
        .filter((each) => !isStarting(each))
        .map((each) => ({
          about: aboutContainer(each.container),
          headline: `Container ${each.container} runs and does not become ready (${share(each.hits.length, seen)})${each.answers.some(isGood) ? ', though it answers well when asked directly' : ''}`,
          cause: `Its ${each.probe.kind} probe (${each.probe.words}) does not pass.`,
          remedy: `Compare the probe with what the program serves: kubectl logs ${each.hits[0]?.pod ?? ''} -c ${each.container} ${inNamespace(seen)} --tail=200.`,
          evidence: evidenceOf(each, seen),
        })),
  },
];

function unready(seen: DiagnosisObservation): readonly Unready[] {
  return containersWhere(seen, (container, pod) => {
    const { running, ready, readiness, startup } = container;
    if (running === undefined || ready || (readiness ?? startup) === undefined) return undefined;
    const since = Math.max(running.startedAt, pod.ready?.status === 'False' ? pod.ready.since : 0);
    const patient = seen.at < since + readinessGraceSeconds(container) * 1_000;
    return patient ? starting : 'running and not ready';
  }).flatMap((each) => {
    const probes = each.facts?.probes.filter(({ kind }) => kind !== 'liveness') ?? [];
    const failing = probes.find(({ kind }) =>
      answersOf(seen, each.container, kind).some((answer) => !isGood(answer)),
    );
    const probe =
      failing ?? probes.find(({ port }) => port !== undefined && port.number === undefined) ?? probes[0];
    if (probe === undefined) return [];
    const said = probeWords(seen, each, probe);
    return [{ ...each, probe, answers: answersOf(seen, each.container, probe.kind), said }];
  });
}

function chosen(each: Unready, seen: DiagnosisObservation): ProbeKindRule | undefined {
  const kind = probeKinds.find(({ matches }) => matches(each, seen));
  return kind?.passes === true && isStarting(each) ? undefined : kind;
}

function answerSoFar({ answers: [first] }: Unready): string {
  return first === undefined ? '' : `; so far it ${answerWords(first)}`;
}

function isStarting({ hits }: Unready): boolean {
  return hits.every(({ detail }) => detail === starting);
}

/** The kubelet's newest complaint, without the words that they all begin with. */
function probeWords(seen: DiagnosisObservation, { hits }: ContainerHits, { kind }: ProbeFacts): string {
  const [first] = hits.flatMap(({ pod }) => complaintsOf(seen, pod, kind));
  return first?.message.replace(/^\w+ probe (?:failed|errored)[^:]*: ?/, '') ?? '';
}

function complaintsOf(seen: DiagnosisObservation, pod: string, kind: ProbeFacts['kind']) {
  return podEvents(seen, pod).filter(
    ({ reason, message }) => reason === 'Unhealthy' && message.toLowerCase().startsWith(`${kind} probe`),
  );
}

function evidenceOf(each: Unready, seen: DiagnosisObservation): Found['evidence'] {
  const complaints = each.hits.flatMap(({ pod }) => complaintsOf(seen, pod, each.probe.kind));
  return [
    { subject: `${each.probe.kind} probe of container ${each.container}`, detail: each.probe.words },
    ...each.answers.map(answerEvidence),
    ...neighbours(each.container, seen).filter(isGood).map(answerEvidence),
    ...eventEvidence(complaints),
    ...each.hits.map(({ pod, detail }) => ({ subject: `pod ${pod}`, detail })),
  ];
}

function gates(seen: DiagnosisObservation): readonly Found[] {
  const stuck = seen.rollout.pods.filter(({ ready }) => ready?.reason === 'ReadinessGatesNotReady');
  if (stuck.length === 0) return [];
  return [
    {
      about: 'readiness gates',
      headline: `A readiness gate is not met (${share(stuck.length, seen)}): ${stuck[0]?.ready?.message ?? ''}`,
      cause:
        'Something outside the pod (often a load balancer’s controller) must say that the pod may serve, and has not.',
      remedy: `See the conditions, and the controller that sets them: kubectl describe pod ${stuck[0]?.name ?? ''} ${inNamespace(seen)}.`,
      evidence: stuck.map(({ name, ready }) => ({ subject: `pod ${name}`, detail: ready?.message ?? '' })),
    },
  ];
}
