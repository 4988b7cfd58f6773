import { judgeAnswer } from '../../domain/check-http.ts';
import type { HttpObservation, ObservedPod } from '../../domain/check-observation.ts';
import type { HttpCheck } from '../../domain/check.ts';
import type { Target } from '../../domain/target.ts';
import { askEachPod } from './ask-each-pod.ts';
import { askPod } from './ask-pod.ts';
import type { PodAddress, PodQuestion } from './ask.ts';
import type { VerificationCluster } from './cluster.ts';

/** Whose pods are asked; see `askEachPod`. */
export interface PodsScene {
  readonly cluster: VerificationCluster;
  readonly target: Target;
  readonly list: () => Promise<readonly ObservedPod[]>;
  readonly patience: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** Asks each of them what a check asks. */
export function askCheck(scene: PodsScene, spec: HttpCheck): Promise<readonly HttpObservation[]> {
  return askPods(scene, spec, (seen) => {
    const { outcome } = judgeAnswer(spec, seen);
    if (outcome === 'unreachable') return 'silent';
    return outcome === 'pass' ? 'good' : 'bad';
  });
}

export async function askPods(
  scene: PodsScene,
  question: PodQuestion,
  verdict: (seen: HttpObservation) => 'good' | 'bad' | 'silent',
): Promise<readonly HttpObservation[]> {
  const { list, patience } = scene;
  return (await askEachPod({ list, patience, ask: (pod) => ask(scene, pod, question), verdict })).seen;
}

export function addressOf(target: Target, pod: ObservedPod): PodAddress {
  return { namespace: target.environment.namespace, pod: pod.name, container: target.service.container };
}

async function ask(scene: PodsScene, pod: ObservedPod, question: PodQuestion): Promise<HttpObservation> {
  // The API server would refuse; the reason is better known here.
  if (pod.phase !== 'Running')
    return { kind: 'unreachable', pod: pod.name, detail: `the pod is ${pod.phase}` };
  const { cluster, target, signal } = scene;
  return askPod(cluster, target.service.verification.reach, addressOf(target, pod), question, signal);
}
