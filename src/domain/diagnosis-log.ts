/** What the last lines of containers say that end by themselves, do not become ready, or fail the service's checks. */
import { aboutContainer, type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import { isCrashing, logsOf } from './diagnosis-ends.ts';
import { tellingLines, withoutNone } from './diagnosis-log-lines.ts';
import { logPatterns, type LogPattern } from './diagnosis-log-patterns.ts';
import type { DiagnosisObservation, LogFact } from './diagnosis-observation.ts';
import {
  containerWords,
  containersWhere,
  inNamespace,
  logEvidence,
  share,
  type ContainerHits,
} from './diagnosis-look.ts';
import type { ContainerObservation } from './rollout-observation.ts';

export const logRules: readonly DiagnosisRule[] = logPatterns.map((pattern) => ({
  id: pattern.id,
  look: (seen) => unwell(seen).flatMap((container) => lookFor(pattern, container, seen)),
}));

function unwell(seen: DiagnosisObservation): readonly ContainerHits[] {
  const checked = seen.checks?.state === 'seen' ? seen.checks.value.flatMap(({ failed }) => failed) : [];
  const judged = seen.failure?.judged ?? [];
  const failing = [
    ...checked.map(({ pod }) => pod),
    ...judged.flatMap(({ evidence }) => evidence.map(({ subject }) => subject)),
  ];
  return containersWhere(seen, (container, pod) => {
    if (isCrashing(container)) return 'crashing';
    if (isNotReady(container)) return 'not ready';
    if (container.name !== seen.container) return undefined;
    if (failing.includes(pod.name)) return 'fails a check';
    return judged.length > 0 ? suspected : undefined;
  });
}

/** What failed names no pod, or others: only what its own log says counts. */
const suspected = 'suspected';

function isNotReady({ ready, running, readiness, startup }: ContainerObservation): boolean {
  return running !== undefined && !ready && (readiness ?? startup) !== undefined;
}

function lookFor(pattern: LogPattern, each: ContainerHits, seen: DiagnosisObservation): readonly Found[] {
  const told = logsOf(seen, each.container).flatMap((log) => {
    const cause = causeIn(log);
    return cause?.pattern.id === pattern.id ? [{ log, line: cause.line }] : [];
  });
  if (told.length === 0) return [];
  const hits = each.hits.filter(
    ({ detail, pod }) => detail !== suspected || told.some(({ log }) => log.pod === pod),
  );
  if (hits.length === 0) return [];
  const ends = hits.some(({ detail }) => detail === 'crashing');
  const previous = told.some(({ log }) => log.previous) ? ' --previous' : '';
  const what = containerWords(seen, each.container);
  return [
    {
      about: aboutContainer(each.container),
      ...(ends ? {} : { situation: 'unhealthy' as const }),
      headline: `${what.charAt(0).toUpperCase()}${what.slice(1)} ${pattern.says} (${share(hits.length, seen)}): ${told[0]?.line.trim() ?? ''}`,
      cause: pattern.cause,
      remedy: `${pattern.remedy}: kubectl logs ${told[0]?.log.pod ?? ''} -c ${each.container} ${inNamespace(seen)}${previous} shows the rest.`,
      evidence: told.map(({ log, line }) => logEvidence(log, line.trim())),
    },
  ];
}

/** A cause before what came of it, wherever they stand among the last lines; lines of errors before others. */
function causeIn(log: LogFact): { readonly pattern: LogPattern; readonly line: string } | undefined {
  const { errors, others } = tellingLines(log);
  for (const lines of [errors, others]) {
    for (const pattern of logPatterns) {
      const line = [...lines].reverse().find((each) => pattern.matches(withoutNone(each)));
      if (line !== undefined) return { pattern, line };
    }
  }
  return undefined;
}
