/** Containers that are killed: for memory, and by their own probes. */
import { aboutContainer, type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import { endOf, exitWords } from './diagnosis-ends.ts';
import type { DiagnosisObservation, ProbeKind } from './diagnosis-observation.ts';
import {
  containerWords,
  containersWhere,
  eventEvidence,
  hitEvidence,
  inNamespace,
  podEvents,
  share,
  valueOf,
  type ContainerHits,
} from './diagnosis-look.ts';
import { answersOf, answerEvidence, answerWords, isGood } from './diagnosis-answers.ts';
import type { ContainerObservation, PodObservation } from './rollout-observation.ts';

export const killRules: readonly DiagnosisRule[] = [
  { id: 'out-of-memory', look: outOfMemory },
  { id: 'startup-probe-kills', look: killedByProbe('startup') },
  { id: 'liveness-probe-kills', look: killedByProbe('liveness') },
];

function outOfMemory(seen: DiagnosisObservation): readonly Found[] {
  return containersWhere(seen, (container) => {
    const end = endOf(container, seen.at);
    if (end?.reason !== 'OOMKilled') return undefined;
    return `OOMKilled, ${exitWords(end)}, ${container.restarts} restarts`;
  }).map((each) => {
    const limit = each.facts?.limits['memory'];
    const what = containerWords(seen, each.container);
    return {
      about: aboutContainer(each.container),
      headline: `${capital(what)} is killed for memory${limit === undefined ? '' : ` at its limit of ${limit}`} (${share(each.hits.length, seen)})`,
      cause:
        limit === undefined
          ? 'The container has no memory limit, so the node itself ran out of memory.'
          : 'The program needs more memory than its limit allows: the limit is too low, or the version leaks.',
      remedy: `Compare with what it used before (kubectl top pods ${inNamespace(seen)}), then raise the limit: kubectl set resources deployment/${seen.deployment} -c ${each.container} ${inNamespace(seen)} --limits=memory=….`,
      evidence: [...hitEvidence(each), ...usageEvidence(seen, each)],
    };
  });
}

function usageEvidence(seen: DiagnosisObservation, { container, hits }: ContainerHits): Found['evidence'] {
  return valueOf(seen.usage).flatMap(({ pod, container: name, memory }) =>
    name === container && hits.some((hit) => hit.pod === pod)
      ? [{ subject: `pod ${pod}, container ${container}`, detail: `uses ${memory} of memory now` }]
      : [],
  );
}

const capitals: Readonly<Record<ProbeKind, string>> = {
  startup: 'Startup',
  liveness: 'Liveness',
  readiness: 'Readiness',
};

function killedByProbe(kind: 'startup' | 'liveness'): DiagnosisRule['look'] {
  return (seen) =>
    containersWhere(seen, (container, pod) => killed(seen, kind, container, pod)).map((each) => {
      const probe = each.facts?.probes.find((one) => one.kind === kind);
      const answers = answersOf(seen, each.container, kind).filter((answer) => !isGood(answer));
      const answered = answers[0] === undefined ? '' : `: it ${answerWords(answers[0])}`;
      const events = each.hits.flatMap(({ pod }) => probeEvents(seen, kind, pod));
      return {
        about: aboutContainer(each.container),
        headline: `The ${kind} probe of container ${each.container} fails, and the container is killed for it (${share(each.hits.length, seen)})${answered}`,
        cause:
          kind === 'startup'
            ? 'The program does not answer its startup probe in the time allowed: it starts too slowly, or the probe asks the wrong thing.'
            : 'The program runs, and does not answer its liveness probe: it hangs, starts too slowly for it, or the probe asks the wrong thing.',
        remedy: `Compare the probe (${probe?.words ?? 'see the Deployment'}) with what the program serves; where it only starts slowly, give it a startupProbe or more time: kubectl edit deployment/${seen.deployment} ${inNamespace(seen)}.`,
        evidence: [...eventEvidence(events), ...answers.map(answerEvidence), ...hitEvidence(each)],
      };
    });
}

function killed(
  seen: DiagnosisObservation,
  kind: 'startup' | 'liveness',
  container: ContainerObservation,
  { name }: PodObservation,
): string | undefined {
  const end = endOf(container, seen.at);
  if (end === undefined || end.reason === 'OOMKilled') return undefined;
  const probes = seen.workload?.containers.find((each) => each.name === container.name)?.probes;
  if (probes !== undefined && !probes.some((probe) => probe.kind === kind)) return undefined;
  const isNamed = podEvents(seen, name).some(
    ({ reason, message }) =>
      reason === 'Killing' && message.includes(`${container.name} failed ${kind} probe`),
  );
  const bySignal = [137, 143].includes(end.exitCode);
  const isTold = bySignal && probeEvents(seen, kind, name).length > 0;
  const isSeen =
    kind === 'liveness' &&
    bySignal &&
    answersOf(seen, container.name, kind).some((answer) => answer.pod === name && !isGood(answer));
  return isNamed || isTold || isSeen ? `${exitWords(end)}, ${container.restarts} restarts` : undefined;
}

function probeEvents(seen: DiagnosisObservation, kind: ProbeKind, pod: string) {
  return podEvents(seen, pod).filter(
    ({ reason, message }) =>
      (reason === 'Unhealthy' && message.startsWith(`${capitals[kind]} probe`)) ||
      (reason === 'Killing' && message.includes(`failed ${kind} probe`)),
  );
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
