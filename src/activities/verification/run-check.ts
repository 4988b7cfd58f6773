import { judgeAnswer, judgeHttp } from '../../domain/check-http.ts';
import { judgeImage } from '../../domain/check-image.ts';
import { judgeLogs } from '../../domain/check-logs.ts';
import type { HttpObservation, ObservedPod } from '../../domain/check-observation.ts';
import { judgePods } from '../../domain/check-pods.ts';
import { notMadeResult } from '../../domain/check-result.ts';
import { judgeReplicas } from '../../domain/check-replicas.ts';
import type { CheckResult, CheckSpec, HttpCheck, ImageCheck, LogsCheck } from '../../domain/check.ts';
import type { Target } from '../../domain/target.ts';
import { askEachPod } from './ask-each-pod.ts';
import { askPod } from './ask-pod.ts';
import type { PodQuestion } from './ask.ts';
import type { VerificationCluster } from './cluster.ts';
import { versionTimeoutSeconds } from './limits.ts';
import { readLog } from './read-log.ts';
import type { Observe } from './settle.ts';

export interface CheckScene {
  readonly cluster: VerificationCluster;
  readonly target: Target;
  readonly observe: Observe;
  /** For pods that do not answer; see `askEachPod`. */
  readonly patience: () => Promise<boolean>;
  /** Image that every pod must run; what the Deployment's template says when absent. */
  readonly image: string | undefined;
  readonly signal: AbortSignal;
}

/** Makes one check on the target as it is now, and judges it. */
export async function runCheck(scene: CheckScene, spec: CheckSpec): Promise<CheckResult> {
  switch (spec.kind) {
    case 'replicas':
      return judgeReplicas(spec, (await scene.observe()).replicas);
    case 'pods': {
      const { pods, replicas } = await scene.observe();
      return judgePods(spec, { pods, desired: replicas.desired });
    }
    case 'http':
      return judgeHttp(spec, await askHttp(scene, spec));
    case 'logs':
      return judgeLogs(spec, await readLogs(scene, spec));
    case 'image':
      return checkImage(scene, spec);
    case 'alerts':
      return notMadeResult(spec, 'the environment names no Alertmanager');
  }
}

async function askHttp(scene: CheckScene, spec: HttpCheck): Promise<readonly HttpObservation[]> {
  const { seen } = await askEachPod({
    patience: scene.patience,
    list: async () => (await scene.observe()).pods,
    ask: (pod) => ask(scene, pod, spec),
    verdict: (one) => {
      const { outcome } = judgeAnswer(spec, one);
      if (outcome === 'unreachable') return 'silent';
      return outcome === 'pass' ? 'good' : 'bad';
    },
  });
  return seen;
}

async function ask(scene: CheckScene, pod: ObservedPod, question: PodQuestion): Promise<HttpObservation> {
  // The API server would refuse; the reason is better known here.
  if (pod.phase !== 'Running')
    return { kind: 'unreachable', pod: pod.name, detail: `the pod is ${pod.phase}` };
  const { cluster, target, signal } = scene;
  return askPod(cluster, target.service.verification.reach, addressOf(scene, pod), question, signal);
}

async function readLogs(scene: CheckScene, spec: LogsCheck) {
  const { seen } = await askEachPod({
    patience: scene.patience,
    list: async () => (await scene.observe()).pods,
    ask: (pod) => readLog(scene.cluster, addressOf(scene, pod), spec, scene.signal),
    verdict: (one) => (one.kind === 'read' ? 'good' : 'silent'),
  });
  return seen;
}

async function checkImage(scene: CheckScene, spec: ImageCheck): Promise<CheckResult> {
  const { container } = scene.target.service;
  const reported = spec.reported === undefined ? undefined : await askVersions(scene, spec.reported);
  // After the questions, so that a pod which left meanwhile is not judged by its image.
  const { pods, images } = await scene.observe();
  const expected = scene.image ?? images[container] ?? '';
  return judgeImage(spec, { pods, container, expected, ...(reported === undefined ? {} : { reported }) });
}

async function askVersions(
  scene: CheckScene,
  { port, path }: NonNullable<ImageCheck['reported']>,
): Promise<readonly HttpObservation[]> {
  const question: PodQuestion = { method: 'GET', port, path, timeoutSeconds: versionTimeoutSeconds };
  const { seen } = await askEachPod({
    patience: scene.patience,
    list: async () => (await scene.observe()).pods,
    ask: (pod) => ask(scene, pod, question),
    verdict: (one) => (one.kind === 'unreachable' ? 'silent' : one.status === 200 ? 'good' : 'bad'),
  });
  return seen;
}

function addressOf({ target }: CheckScene, pod: ObservedPod) {
  return { namespace: target.environment.namespace, pod: pod.name, container: target.service.container };
}
