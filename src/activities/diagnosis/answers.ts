/** What the probes' endpoints answer when they are asked directly, and what their neighbours do where they do not. */
import type {
  ContainerFacts,
  ProbeAnswer,
  ProbeFacts,
  WorkloadFacts,
} from '../../domain/diagnosis-observation.ts';
import { isRefused } from '../../domain/diagnosis-answers.ts';
import { excerpt } from '../../domain/redact.ts';
import type { PodObservation } from '../../domain/rollout-observation.ts';
import type { Target } from '../../domain/target.ts';
import { askPod } from '../verification/ask-pod.ts';
import type { VerificationCluster } from '../verification/cluster.ts';
import { maxNeighbours, maxQuestionSeconds, questionMarginSeconds } from './limits.ts';
import type { Looker } from './looker.ts';
import { withoutValues, type Headers, type ProbeHeaders } from './probe-headers.ts';

const detailLength = 160;

interface Question {
  readonly pod: string;
  readonly container: string;
  readonly probe: ProbeFacts;
  readonly port: number;
  readonly path: string;
  readonly asked: ProbeAnswer['asked'];
  /** The probe's own. */
  readonly headers: Headers;
}

export interface Asker {
  readonly cluster: VerificationCluster;
  readonly target: Target;
  readonly looker: Looker;
}

interface ProbeAsker extends Asker {
  readonly headers: ProbeHeaders;
}

/** Of the containers of these pods that run and are not ready, and of those whose liveness is in question. */
export async function askProbes(
  asker: ProbeAsker,
  workload: WorkloadFacts,
  pods: readonly PodObservation[],
): Promise<readonly ProbeAnswer[]> {
  const asked = await Promise.all(
    pods.flatMap(({ name, containers }) =>
      containers
        .filter(({ running, ready, restarts }) => running !== undefined && (!ready || restarts > 0))
        .flatMap((container) => {
          const facts = workload.containers.find((each) => each.name === container.name);
          return facts === undefined ? [] : [askContainer(asker, name, facts)];
        }),
    ),
  );
  return asked.flat();
}

async function askContainer(
  asker: ProbeAsker,
  pod: string,
  facts: ContainerFacts,
): Promise<readonly ProbeAnswer[]> {
  const { reach } = asker.target.service.verification;
  const questions = facts.probes.flatMap((probe): readonly Question[] => {
    const { http, port } = probe;
    if (http === undefined || port?.number === undefined) return [];
    const question = { pod, container: facts.name, probe, port: port.number, path: http.path };
    if (http.scheme === 'HTTPS') return [{ ...question, asked: 'plain', headers: {} }];
    const headers = asker.headers.of(facts.name, probe.kind);
    // Asked otherwise than the kubelet asks it would answer otherwise: its own words are better.
    const asItIs = Object.keys(headers).length === 0 || reach === 'portForward';
    return asItIs ? [{ ...question, asked: 'probe', headers }] : [];
  });
  const answers = await Promise.all(questions.map((question) => ask(asker, question)));
  const poor = questions.find((question, index) => {
    const answer = answers[index];
    return question.asked === 'probe' && answer !== undefined && (isRefused(answer) || answer.status === 404);
  });
  if (poor === undefined) return answers;
  const around = neighbours(asker.target, facts, poor).slice(0, maxNeighbours);
  return [...answers, ...(await Promise.all(around.map((question) => ask(asker, question))))];
}

/** The same path on the container's other ports; and what other probes and the service's own checks ask. */
function neighbours(target: Target, facts: ContainerFacts, poor: Question): readonly Question[] {
  const checks = target.service.verification.checks.flatMap((check) =>
    check.kind === 'http' ? [{ port: check.port, path: check.path }] : [],
  );
  const probes = facts.probes.flatMap(({ http, port }) =>
    http?.scheme !== 'HTTP' || port?.number === undefined ? [] : [{ port: port.number, path: http.path }],
  );
  const ports = Object.values(facts.ports).map((port) => ({ port, path: poor.path }));
  const all = [...ports, ...probes, ...checks].filter(
    ({ port, path }) => port !== poor.port || path !== poor.path,
  );
  const distinct = new Map(all.map((each) => [`${each.port}${each.path}`, each]));
  return [...distinct.values()].map((each) => ({ ...poor, ...each, asked: 'neighbour', headers: {} }));
}

async function ask(asker: ProbeAsker, question: Question): Promise<ProbeAnswer> {
  const { cluster, target, looker } = asker;
  const { pod, container, probe, port, path, asked } = question;
  const headers = { ...asker.headers.hostOf(pod, port), ...question.headers };
  const { namespace } = target.environment;
  const timeoutSeconds = Math.min(probe.timeoutSeconds + questionMarginSeconds, maxQuestionSeconds);
  const startedAt = performance.now();
  const seen = await askPod(
    cluster,
    target.service.verification.reach,
    { namespace, pod, container },
    { method: 'GET', port, path, timeoutSeconds, headers },
    looker.signal,
  );
  return {
    pod,
    container,
    probe: probe.kind,
    port,
    path,
    asked,
    milliseconds: Math.round(performance.now() - startedAt),
    ...(seen.kind === 'answer'
      ? { status: seen.status, detail: excerpt(withoutValues(seen.body, headers), detailLength) }
      : { detail: excerpt(withoutValues(seen.detail, headers), detailLength) }),
  };
}
