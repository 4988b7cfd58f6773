/** Containers whose program cannot be started at all. */
import { aboutContainer, type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import { endOf, exitWords, lastLines, logsOf } from './diagnosis-ends.ts';
import { lastWords } from './diagnosis-log-lines.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import { containerWords, containersWhere, hitEvidence, inNamespace, share } from './diagnosis-look.ts';
import type { DiagnosisRuleId } from './diagnosis-rules.ts';
import type { ContainerObservation } from './rollout-observation.ts';

const startReasons = ['StartError', 'ContainerCannotRun'];
const startWaits = ['RunContainerError', 'CreateContainerError'];
const wrongFormat = /exec format error/i;
const notFound = /executable file not found|no such file or directory|no command specified/i;
const notAllowed = /permission denied/i;

export const startRules: readonly DiagnosisRule[] = [
  rule(
    'exec-format-error',
    (text) => wrongFormat.test(text),
    (what, image) => ({
      headline: `${what} is built for another platform than the node's (exec format error)`,
      cause: `The program in ${image} is for another processor, or its script has no interpreter in the first line.`,
      remedy: 'Build the image for the platform of the nodes: kubectl get nodes -L kubernetes.io/arch.',
    }),
  ),
  rule(
    'command-not-found',
    (text, code) => !wrongFormat.test(text) && (code === 127 || notFound.test(text)),
    (what, image) => ({
      headline: `The command of ${what} is not in its image`,
      cause: `The command, or the interpreter or library that it needs, does not exist in ${image}.`,
      remedy: 'Correct command and args in the template, or the ENTRYPOINT of the image.',
    }),
  ),
  rule(
    'command-not-executable',
    (text, code) =>
      !wrongFormat.test(text) && !notFound.test(text) && (code === 126 || notAllowed.test(text)),
    (what, image) => ({
      headline: `The command of ${what} may not be executed`,
      cause: `The file in ${image} is no program, has no execute permission, or the security context forbids it.`,
      remedy: 'Set the execute permission in the image (chmod +x), or correct command in the template.',
    }),
  ),
  rule(
    'container-cannot-run',
    (text, code) =>
      text !== '' &&
      code !== 126 &&
      code !== 127 &&
      ![wrongFormat, notFound, notAllowed].some((each) => each.test(text)),
    (what, _image, text) => ({
      headline: `The container runtime cannot run ${what}: ${text}`,
      cause: 'The runtime refuses what the template asks for, or the node has a trouble of its own.',
      remedy:
        'Read the events of the pod; if only one node shows it, cordon that node: kubectl cordon <node>.',
    }),
  ),
];

function rule(
  id: DiagnosisRuleId,
  matches: (text: string, code: number | undefined) => boolean,
  words: (what: string, image: string, text: string) => Pick<Found, 'headline' | 'cause' | 'remedy'>,
): DiagnosisRule {
  return {
    id,
    look: (seen) => {
      const found = containersWhere(seen, (container) => {
        const text = startText(container, seen);
        const code = endOf(container, seen.at)?.exitCode;
        return matches(text, code) ? detailOf(container, text, seen) : undefined;
      });
      return found.map((each) => {
        const image = each.facts?.image ?? 'its image';
        const { headline, cause, remedy } = words(
          containerWords(seen, each.container),
          image,
          each.hits[0]?.detail ?? '',
        );
        return {
          about: aboutContainer(each.container),
          headline: `${headline} (${share(each.hits.length, seen)})`,
          cause,
          remedy: `${remedy.replace(/\.$/, '')}; kubectl describe pod ${each.hits[0]?.pod ?? ''} ${inNamespace(seen)} shows it.`,
          evidence: [...hitEvidence(each), ...lastLines(seen, each.container)],
        };
      });
    },
  };
}

/** What the runtime says of the start; a shell says the same in the container's log. */
function startText(container: ContainerObservation, seen: DiagnosisObservation): string {
  const { waiting } = container;
  const end = endOf(container, seen.at);
  const said = [
    waiting !== undefined && startWaits.includes(waiting.reason) ? waiting.message : '',
    end !== undefined && startReasons.includes(end.reason) ? end.message : '',
  ].filter((text) => text !== '');
  if (said.length > 0 || end === undefined || end.exitCode === 0) return said[0] ?? '';
  const line = logsOf(seen, container.name)
    .map(lastWords)
    .find((text) => wrongFormat.test(text ?? ''));
  return line ?? '';
}

function detailOf(container: ContainerObservation, text: string, seen: DiagnosisObservation): string {
  const end = endOf(container, seen.at);
  return [end === undefined ? '' : exitWords(end), text].filter((part) => part !== '').join(': ');
}
