/** Ways of looking at what was observed that the rules share. */
import type { Evidence } from './check.ts';
import type {
  ContainerFacts,
  DiagnosisObservation,
  EventFact,
  LogFact,
  Seen,
} from './diagnosis-observation.ts';
import type { ContainerObservation, PodObservation } from './rollout-observation.ts';
import { livePods } from './rollout-sighting.ts';

/** What a part of the picture holds; nothing where it was not seen. */
export function valueOf<T>(part: Seen<readonly T[]>): readonly T[] {
  return part.state === 'seen' ? part.value : [];
}

export function pods({ rollout }: DiagnosisObservation): readonly PodObservation[] {
  return livePods(rollout);
}

/** For people: `3 of 3 pods`, `1 of 1 pod`. */
export function share(hits: number, seen: DiagnosisObservation): string {
  const total = Math.max(pods(seen).length, hits);
  return `${hits} of ${total} ${total === 1 ? 'pod' : 'pods'}`;
}

export interface Hit {
  readonly pod: string;
  readonly detail: string;
}

/** One container of the template, over all the pods in which something was seen of it. */
export interface ContainerHits {
  readonly container: string;
  readonly facts: ContainerFacts | undefined;
  readonly hits: readonly Hit[];
}

/** Containers of live pods in which something is seen, by name. */
export function containersWhere(
  seen: DiagnosisObservation,
  see: (container: ContainerObservation, pod: PodObservation) => string | undefined,
): readonly ContainerHits[] {
  const all = pods(seen).flatMap((pod) =>
    pod.containers.flatMap((container) => {
      const detail = see(container, pod);
      return detail === undefined ? [] : [{ container: container.name, pod: pod.name, detail }];
    }),
  );
  return [...new Set(all.map(({ container }) => container))].map((container) => ({
    container,
    facts: containerFacts(seen, container),
    hits: all.filter((hit) => hit.container === container),
  }));
}

export function containerFacts(seen: DiagnosisObservation, name: string): ContainerFacts | undefined {
  return seen.workload?.containers.find((each) => each.name === name);
}

export function hitEvidence({ container, hits }: ContainerHits): readonly Evidence[] {
  return hits.map(({ pod, detail }) => ({ subject: `pod ${pod}, container ${container}`, detail }));
}

/** `container shop`, `init container migrate`. */
export function containerWords(seen: DiagnosisObservation, name: string): string {
  return `${containerFacts(seen, name)?.isInit === true ? 'init container' : 'container'} ${name}`;
}

export function eventsWhere(
  seen: DiagnosisObservation,
  matches: (event: EventFact) => boolean,
): readonly EventFact[] {
  return valueOf(seen.events).filter(matches);
}

export function podEvents(seen: DiagnosisObservation, pod: string): readonly EventFact[] {
  return eventsWhere(seen, ({ object }) => object === `Pod ${pod}`);
}

export function eventEvidence(events: readonly EventFact[]): readonly Evidence[] {
  return events.map(({ object, reason, message, count }) => ({
    subject: `event on ${object}`,
    detail: `${reason}${count > 1 ? ` (${count} times)` : ''}: ${message}`,
  }));
}

export function logEvidence({ pod, container, previous }: LogFact, line: string): Evidence {
  return {
    subject: `${previous ? 'last words' : 'log'} of pod ${pod}, container ${container}`,
    detail: line,
  };
}

/** Ends of commands: `-n shop-dev`. */
export function inNamespace({ namespace }: DiagnosisObservation): string {
  return `-n ${namespace}`;
}

/** The one that is said of most; of equals always the same, in whatever order they were seen. */
export function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([x, a], [y, b]) => b - a || (x < y ? -1 : 1))[0]?.[0];
}

export function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

/** `a, b and c`. */
export function listed(values: readonly string[]): string {
  return values.length < 2
    ? values.join('')
    : `${values.slice(0, -1).join(', ')} and ${values[values.length - 1] ?? ''}`;
}
