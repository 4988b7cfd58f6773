/** A smoke test that is a program on this worker, against a forwarded port of one pod. */
import { toFailure, statusOf, type Place } from '../kubernetes/failures.ts';
import type { CheckResult, Evidence } from '../../domain/check.ts';
import { excerpt } from '../../domain/redact.ts';
import type { SmokeTest } from '../../domain/strategy-options.ts';
import { commandEnvironment } from './command-environment.ts';
import { forwardPort, type ForwardTrouble } from './forward-port.ts';
import { createOutputTail } from './output-tail.ts';
import { noPodResult, outputEvidence, secondsSince, smokeResult } from './result.ts';
import { runCommand, type CommandEnd } from './run-command.ts';
import type { Scene } from './scene.ts';
import { findReadyPod, isStillThere } from './tested-pod.ts';

type CommandTest = Extract<SmokeTest, { readonly kind: 'command' }>;

const detailLength = 200;
/** Refusals of the API server that are about this worker, not about the pod. */
const aboutThisWorker = [401, 403, 429];

/**
 * Exit code 0 passes. The command runs in the folder of `fairway.yaml`, so that a path in it means what it
 * means there. Throws `Forbidden` and `ClusterUnreachable` when those kept the command from the pod.
 */
export async function runCommandTest(scene: Scene, test: CommandTest): Promise<CheckResult> {
  const { clients, place, signal } = scene;
  const pod = await findReadyPod(scene);
  if (pod === undefined) return noPodResult(test, scene.deployment);
  const tail = createOutputTail();
  const startedAt = performance.now();
  const forward = await forwardPort((until) =>
    scene.openPortForward({ namespace: pod.namespace, pod: pod.name, port: test.port }, until),
  );
  let end: CommandEnd;
  try {
    end = await runCommand({
      command: test.command,
      folder: scene.folder,
      env: commandEnvironment(scene.environment, { variable: test.baseUrlVariable, url: forward.url }),
      timeoutSeconds: test.timeoutSeconds,
      onOutput: tail.add,
      signal,
    });
  } finally {
    await forward.close();
  }

  const took = secondsSince(startedAt);
  const evidence = outputEvidence(tail.text());
  if (end.kind === 'notStarted') {
    return smokeResult(test, { verdict: 'inconclusive', summary: notStarted(test, end.code) });
  }
  if (end.kind === 'lost') {
    const summary = `not finished: the process that watched over the command was killed after ${took}`;
    return smokeResult(test, { verdict: 'inconclusive', summary, evidence });
  }
  if (end.kind === 'exited' && end.code === 0) {
    return smokeResult(test, { verdict: 'pass', summary: `exit code 0 after ${took}`, evidence });
  }

  const troubles = forward.troubles();
  for (const { when, error } of troubles) throwIfNotThePods(when, error, place);
  const against = troubleEvidence(pod.name, troubles);
  if (!(await isStillThere(clients, pod))) {
    return smokeResult(test, {
      verdict: 'inconclusive',
      reason: 'unreachable',
      summary: `${how(end, test, took)}, and pod ${pod.name} went away meanwhile`,
      against,
      evidence,
    });
  }
  return smokeResult(test, { verdict: 'fail', summary: how(end, test, took), against, evidence });
}

function how(
  end: Exclude<CommandEnd, { readonly kind: 'notStarted' | 'lost' }>,
  test: CommandTest,
  took: string,
): string {
  switch (end.kind) {
    case 'exited':
      return `exit code ${end.code} after ${took}`;
    case 'killed':
      return `ended by ${end.signal} after ${took}`;
    case 'timedOut':
      return `not finished within ${test.timeoutSeconds} s`;
  }
}

function notStarted({ name, command: [program = ''] }: CommandTest, code: string): string {
  const remedy = `Install it where the environment's worker runs, or correct "command" of smoke test "${name}" in fairway.yaml.`;
  switch (code) {
    case 'ENOENT':
      return `not run: this worker has no program "${program}". ${remedy}`;
    case 'EACCES':
      return `not run: "${program}" may not be executed on this worker (no execute permission). Grant it, for example with chmod +x, or correct "command" of smoke test "${name}" in fairway.yaml.`;
    default:
      return `not run: "${program}" could not be started on this worker (${code}). ${remedy}`;
  }
}

/** A command that failed because of the way to the pod says nothing about the pod. */
function throwIfNotThePods(when: ForwardTrouble['when'], error: unknown, place: Place): void {
  const status = statusOf(error);
  if (status !== undefined && !aboutThisWorker.includes(status)) return;
  // Once it was open, a lost connection may as well be the pod's: whether that is still there decides.
  if (when === 'open') return;
  const failure = toFailure(error, place);
  if (failure !== error) throw failure;
}

function troubleEvidence(pod: string, troubles: readonly ForwardTrouble[]): readonly Evidence[] {
  const details = troubles.map(({ when, error }) => {
    const message = excerpt(error instanceof Error ? error.message : String(error), detailLength);
    return when === 'opening' ? `no connection: ${message}` : `connection lost: ${message}`;
  });
  return [...new Set(details)].slice(0, 3).map((detail) => ({ subject: `pod ${pod}`, detail }));
}
