/** What keeps a container from becoming ready: the probe as it is defined against what its endpoint answers. */
import { answerWords, isGood, isRefused } from './diagnosis-answers.ts';
import type { Found } from './diagnosis-rule.ts';
import type {
  ContainerFacts,
  DiagnosisObservation,
  ProbeAnswer,
  ProbeFacts,
} from './diagnosis-observation.ts';
import { inNamespace, type ContainerHits } from './diagnosis-look.ts';
import type { DiagnosisRuleId } from './diagnosis-rules.ts';

/** A container that is not ready, and the probe that keeps it so. */
export interface Unready extends ContainerHits {
  readonly probe: ProbeFacts;
  readonly answers: readonly ProbeAnswer[];
  /** The kubelet's own words about the probe. */
  readonly said: string;
}

export interface ProbeKindRule {
  readonly id: DiagnosisRuleId;
  /** What a program does that has not started yet: told only once its probes' patience is over. */
  readonly passes?: true;
  readonly matches: (unready: Unready, seen: DiagnosisObservation) => boolean;
  readonly words: (
    unready: Unready,
    seen: DiagnosisObservation,
  ) => Pick<Found, 'headline' | 'cause' | 'remedy'>;
}

const plainOnTls =
  /does not speak HTTP|http request to an https server|malformed HTTP (?:response|status)|plain HTTP request was sent to HTTPS/i;
const tlsOnPlain =
  /server gave HTTP response to HTTPS client|first record does not look like a TLS handshake|wrong version number/i;
const slow = /no answer within|timeout|deadline exceeded|awaiting headers/i;

/** The first that matches is told. */
export const probeKinds: readonly ProbeKindRule[] = [
  {
    id: 'probe-port-unknown',
    matches: ({ probe: { port } }) => port !== undefined && port.number === undefined,
    words: ({ probe, container, facts }, seen) => ({
      headline: `The ${probe.kind} probe asks port "${probe.port?.written ?? ''}", which container ${container} does not have`,
      cause: `The container's ports are ${portWords(facts)}; a probe by name finds no other.`,
      remedy: `Name the port in the template, or correct the probe: kubectl edit deployment/${seen.deployment} ${inNamespace(seen)}.`,
    }),
  },
  {
    id: 'probe-wrong-scheme',
    matches: ({ said, answers, probe, container }, seen) =>
      (probe.http?.scheme === 'HTTPS' &&
        seen.answers.some(
          (each) => each.asked === 'plain' && each.container === container && isGood(each),
        )) ||
      [said, ...answers.map(({ detail }) => detail)].some(
        (text) => plainOnTls.test(text) || tlsOnPlain.test(text),
      ),
    words: ({ probe, container }) => {
      const [asked, served] = probe.http?.scheme === 'HTTPS' ? ['HTTPS', 'HTTP'] : ['HTTP', 'HTTPS'];
      return {
        headline: `The ${probe.kind} probe of container ${container} speaks ${asked}, and the port serves ${served}`,
        cause: `The probe (${probe.words}) and the program do not agree on the scheme.`,
        remedy: `Set httpGet.scheme: ${served} in the ${probe.kind} probe.`,
      };
    },
  },
  {
    id: 'probe-wrong-port',
    matches: ({ answers, ...unready }, seen) =>
      answers.some(isRefused) && neighbours(unready.container, seen).some(isGood),
    words: ({ probe, container }, seen) => {
      const [good] = neighbours(container, seen).filter(isGood);
      return {
        headline: `The ${probe.kind} probe asks port ${probe.port?.number ?? ''}, where nothing listens; port ${good?.port ?? ''} answers`,
        cause: `The probe (${probe.words}) asks another port than the one that the program serves.`,
        remedy: `Set the probe's port to ${good?.port ?? ''}, or make the program listen on ${probe.port?.number ?? ''}.`,
      };
    },
  },
  {
    id: 'probe-wrong-path',
    matches: ({ answers, said }) =>
      answers.some(({ status }) => status === 404) || (answers.length === 0 && /statuscode: 404/.test(said)),
    words: ({ probe, container }, seen) => {
      const [good] = neighbours(container, seen).filter(isGood);
      return {
        headline: `The ${probe.kind} probe asks ${probe.http?.path ?? 'a path'}, which does not exist in container ${container} (404)`,
        cause: `The program answers on the port, and does not know the path${good === undefined ? '' : `; :${good.port}${good.path} answers ${good.status ?? ''}`}.`,
        remedy: `Correct httpGet.path of the ${probe.kind} probe${good === undefined ? '' : `, for example to ${good.path}`}, or serve that path.`,
      };
    },
  },
  {
    id: 'probe-unauthorized',
    matches: ({ answers, said }) =>
      answers.some(({ status }) => status === 401 || status === 403) ||
      (answers.length === 0 && /statuscode: 40[13]/.test(said)),
    words: ({ probe, container }) => ({
      headline: `The endpoint of the ${probe.kind} probe in container ${container} asks for a login`,
      cause: `The kubelet asks ${probe.words} without credentials that it accepts.`,
      remedy: 'Let the endpoint answer without a login, or probe one that does.',
    }),
  },
  {
    id: 'probe-error-answer',
    passes: true,
    matches: ({ answers, said }) =>
      answers.some((answer) => answer.status !== undefined && !isGood(answer)) ||
      (answers.length === 0 && /statuscode: \d+/.test(said)),
    words: ({ probe, container, answers, hits, said }, seen) => {
      const bad = answers.find((answer) => answer.status !== undefined && !isGood(answer));
      return {
        headline: `Container ${container} says itself that it is not ready: ${bad === undefined ? said : `it ${answerWords(bad)}`}`,
        cause: `The program runs, and its ${probe.kind} endpoint answers an error: often something that it depends on does not work.`,
        remedy: `Ask it, and read its log: kubectl logs ${hits[0]?.pod ?? ''} -c ${container} ${inNamespace(seen)} --tail=200.`,
      };
    },
  },
  {
    id: 'probe-refused',
    passes: true,
    matches: ({ answers, said }) =>
      answers.some(isRefused) || (answers.length === 0 && /connection refused/.test(said)),
    words: ({ probe, container, facts }, seen) => ({
      headline: `Nothing listens on port ${probe.port?.number ?? probe.port?.written ?? ''} of container ${container}, which the ${probe.kind} probe asks`,
      cause: `The program does not serve the port yet, serves another (declared: ${portWords(facts)}), or listens on 127.0.0.1 alone.`,
      remedy: `Compare the probe (${probe.words}) with the port in the program's configuration and log: kubectl logs deployment/${seen.deployment} -c ${container} ${inNamespace(seen)} --tail=200.`,
    }),
  },
  {
    id: 'probe-too-slow',
    passes: true,
    matches: ({ answers, probe, said }) =>
      answers.some(
        (answer) =>
          (answer.status === undefined && slow.test(answer.detail)) ||
          // The way through the API server takes time of its own: alone it proves nothing.
          (answer.milliseconds > probe.timeoutSeconds * 1_000 && slow.test(said)),
      ) ||
      (answers.length === 0 && slow.test(said)),
    words: ({ probe, container }, seen) => ({
      headline: `The endpoint of the ${probe.kind} probe in container ${container} does not answer within ${probe.timeoutSeconds} s`,
      cause: 'The program hangs, is short of CPU, or waits for something that it depends on.',
      remedy: `See what it waits for (kubectl logs deployment/${seen.deployment} -c ${container} ${inNamespace(seen)} --tail=200; kubectl top pods ${inNamespace(seen)}); where the endpoint is only slow, raise timeoutSeconds.`,
    }),
  },
  {
    id: 'probe-command-failing',
    passes: true,
    matches: ({ probe, said }) => probe.port === undefined && said !== '',
    words: ({ probe, container, said, hits }, seen) => ({
      headline: `The command of the ${probe.kind} probe fails in container ${container}: ${said}`,
      cause: `The probe runs ${probe.words} in the container.`,
      remedy: `Run it by hand: kubectl exec ${hits[0]?.pod ?? ''} -c ${container} ${inNamespace(seen)} -- <command>.`,
    }),
  },
];

export function neighbours(container: string, { answers }: DiagnosisObservation): readonly ProbeAnswer[] {
  return answers.filter((answer) => answer.asked === 'neighbour' && answer.container === container);
}

function portWords(facts: ContainerFacts | undefined): string {
  const ports = Object.entries(facts?.ports ?? {}).map(([name, port]) =>
    name === String(port) ? name : `${name}=${port}`,
  );
  return ports.length === 0 ? 'none declared' : ports.join(', ');
}
