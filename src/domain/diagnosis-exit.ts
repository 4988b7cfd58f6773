/** Containers that end, and nothing more precise was found: what their exit codes say. */
import { aboutContainer, type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import { endOf, exitWords, lastLines, isCrashing, logsOf } from './diagnosis-ends.ts';
import { lastWords } from './diagnosis-log-lines.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import {
  containerFacts,
  containerWords,
  containersWhere,
  hitEvidence,
  inNamespace,
  share,
  type ContainerHits,
} from './diagnosis-look.ts';
import type { DiagnosisRuleId } from './diagnosis-rules.ts';
import type { Termination } from './rollout-observation.ts';

const segmentation = [134, 139];
const signals = [137, 143];

export const exitRules: readonly DiagnosisRule[] = [
  rule(
    'init-container-failing',
    ({ exitCode }, isInit) => isInit && exitCode !== 0,
    (what, said) => ({
      headline: `${what} fails, so the pod never starts${said}`,
      cause: 'What must be done before the program starts is not done; its log says why.',
    }),
  ),
  rule(
    'application-error',
    ({ exitCode, reason }) =>
      exitCode !== 0 && ![...segmentation, ...signals].includes(exitCode) && reason !== 'OOMKilled',
    (what, said, end) => ({
      headline: `${what} ends with ${exitWords(end)}${said}`,
      cause: 'The program gives up by itself; its last words say why.',
    }),
  ),
  rule(
    'segmentation-fault',
    ({ exitCode }) => segmentation.includes(exitCode),
    (what, said, end) => ({
      headline: `${what} crashes in native code: ${exitWords(end)}${said}`,
      cause: 'A fault in the program or in a library of the image, or one built for another platform.',
    }),
  ),
  rule(
    'killed-by-signal',
    ({ exitCode, reason }) => signals.includes(exitCode) && reason !== 'OOMKilled',
    (what, said, end) => ({
      headline: `${what} is ended from outside: ${exitWords(end)}${said}`,
      cause:
        'Nobody says who ended it: often a probe whose event is gone, memory that another process of the container took, or the node.',
    }),
  ),
  rule(
    'exits-successfully',
    ({ exitCode }) => exitCode === 0,
    (what, said) => ({
      headline: `${what} ends with exit code 0, as if it were done${said}`,
      cause:
        'A Deployment restarts whatever ends: the command is one that finishes (a job, a shell without a terminal), or the server goes to the background.',
    }),
  ),
  { id: 'crash-loop-back-off', look: crashLoop },
];

function rule(
  id: DiagnosisRuleId,
  matches: (end: Termination, isInit: boolean) => boolean,
  words: (what: string, said: string, end: Termination) => Pick<Found, 'headline' | 'cause'>,
): DiagnosisRule {
  return {
    id,
    look: (seen) => {
      const ends = new Map<string, Termination>();
      return containersWhere(seen, (container) => {
        const end = endOf(container, seen.at);
        const isInit = containerFacts(seen, container.name)?.isInit === true;
        if (end === undefined || !isCrashing(container) || !matches(end, isInit)) return undefined;
        ends.set(container.name, end);
        return `${exitWords(end)}, ${container.restarts} restarts${end.message === '' ? '' : `: ${end.message}`}`;
      }).map((each) => {
        const end = ends.get(each.container) ?? { reason: '', exitCode: 0, message: '' };
        const what = containerWords(seen, each.container);
        const line = saidLast(seen, each.container);
        return {
          about: aboutContainer(each.container),
          ...words(
            `${what.charAt(0).toUpperCase()}${what.slice(1)}`,
            ` (${share(each.hits.length, seen)})${line === undefined ? '' : `: ${line.trim()}`}`,
            end,
          ),
          remedy: readLogs(each, seen),
          evidence: [...hitEvidence(each), ...lastLines(seen, each.container)],
        };
      });
    },
  };
}

function crashLoop(seen: DiagnosisObservation): readonly Found[] {
  return containersWhere(seen, ({ waiting, restarts }) =>
    waiting?.reason === 'CrashLoopBackOff' ? `CrashLoopBackOff after ${restarts} restarts` : undefined,
  ).map((each) => ({
    about: aboutContainer(each.container),
    headline: `Container ${each.container} keeps crashing (${share(each.hits.length, seen)})`,
    cause: 'It ends soon after each start; how it ended is not known any more.',
    remedy: readLogs(each, seen),
    evidence: [...hitEvidence(each), ...lastLines(seen, each.container)],
  }));
}

function readLogs({ container, hits }: ContainerHits, seen: DiagnosisObservation): string {
  return `Read its last words: kubectl logs ${hits[0]?.pod ?? ''} -c ${container} ${inNamespace(seen)} --previous.`;
}

function saidLast(seen: DiagnosisObservation, container: string): string | undefined {
  return logsOf(seen, container)
    .map(lastWords)
    .find((line) => line !== undefined);
}
