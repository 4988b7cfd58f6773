import { judgeAlerts } from '../../domain/check-alerts.ts';
import { judgeHttp } from '../../domain/check-http.ts';
import { judgeImage } from '../../domain/check-image.ts';
import { judgeLogs } from '../../domain/check-logs.ts';
import type { HttpObservation } from '../../domain/check-observation.ts';
import { judgePods } from '../../domain/check-pods.ts';
import { notMadeResult } from '../../domain/check-result.ts';
import { judgeReplicas } from '../../domain/check-replicas.ts';
import type { AlertsCheck, CheckResult, CheckSpec, ImageCheck, LogsCheck } from '../../domain/check.ts';
import type { Target } from '../../domain/target.ts';
import type { ReadAlerts } from '../alerting/types.ts';
import { askEachPod } from './ask-each-pod.ts';
import { addressOf, askCheck, askPods, type PodsScene } from './ask-pods.ts';
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
  /** When the change that is verified began. */
  readonly since: number | undefined;
  readonly readAlerts: ReadAlerts;
  readonly signal: AbortSignal;
}

/** Makes one check on the target as it is now, and judges it. */
export async function runCheck(scene: CheckScene, spec: CheckSpec): Promise<CheckResult> {
  switch (spec.kind) {
    case 'replicas':
      return judgeReplicas(spec, (await scene.observe()).replicas);
    case 'pods': {
      const { pods, replicas } = await scene.observe();
      return judgePods(spec, { pods, desired: replicas.desired, now: Date.now() });
    }
    case 'http':
      return judgeHttp(spec, await askCheck(podsOf(scene), spec));
    case 'logs':
      return judgeLogs(spec, await readLogs(scene, spec));
    case 'image':
      return checkImage(scene, spec);
    case 'alerts':
      return checkAlerts(scene, spec);
  }
}

/** Alertmanager is as patiently asked again as pods are. */
async function checkAlerts(scene: CheckScene, spec: AlertsCheck): Promise<CheckResult> {
  const { target, readAlerts, signal, since } = scene;
  const { alerts } = target.service;
  if (alerts === undefined) {
    const { name } = target.environment;
    return notMadeResult(spec, `${target.service.name} names no alerts, or ${name} no alertmanager`);
  }
  for (;;) {
    const seen = await readAlerts(alerts, target, signal);
    if (seen.state === 'seen' || !(await scene.patience())) return judgeAlerts(spec, seen, since);
  }
}

async function readLogs(scene: CheckScene, spec: LogsCheck) {
  const { seen } = await askEachPod({
    patience: scene.patience,
    list: async () => (await scene.observe()).pods,
    ask: (pod) => readLog(scene.cluster, addressOf(scene.target, pod), spec, scene.signal),
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

function askVersions(
  scene: CheckScene,
  { port, path }: NonNullable<ImageCheck['reported']>,
): Promise<readonly HttpObservation[]> {
  const question: PodQuestion = { method: 'GET', port, path, timeoutSeconds: versionTimeoutSeconds };
  return askPods(podsOf(scene), question, (one) =>
    one.kind === 'unreachable' ? 'silent' : one.status === 200 ? 'good' : 'bad',
  );
}

function podsOf({ cluster, target, patience, signal, observe }: CheckScene): PodsScene {
  return { cluster, target, patience, signal, list: async () => (await observe()).pods };
}
