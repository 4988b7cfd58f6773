/**
 * Gives every pod of a local cluster a real server to stand in for its container, and leads
 * port-forward, exec and log requests there. A pod may start (by KWOK's stages) only when that
 * is done, so a pod that is ready always answers, as the version of its own image.
 */
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  CoreV1Api,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
} from '@kubernetes/client-node';
import { loadKubeConfig } from './kube-config.ts';
import { annotations } from './kwok/annotations.ts';
import { behaviours, type Behaviour } from './kwok/behaviours.ts';
import { untilRouted } from './stand-in-probe.ts';
import { startStandInPod, type StandInPod } from './stand-in-pod.ts';

export interface StandInOptions {
  /** Its current context is used. */
  readonly kubeconfig: string;
  /** Where logs are kept; beside the kubeconfig when absent, so that they go with the cluster. */
  readonly workDir?: string;
  readonly log?: (line: string) => void;
}

export interface StandIn {
  /** Closes every server and removes the logs. */
  readonly stop: () => Promise<void>;
}

const fieldManager = 'stand-in';
const tryAgainMs = 250;

interface KnownPod {
  readonly standIn: Promise<StandInPod>;
  latest: V1Pod;
  /** Said once. */
  failed: boolean;
  /** Unset until its routes were asked for, and after that failed. */
  routed: Promise<void> | undefined;
}

export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const { log = () => {} } = options;
  const folder = await mkdtemp(join(options.workDir ?? dirname(options.kubeconfig), 'fairway-stand-in-'));
  const config = loadKubeConfig(options.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const objects = config.makeApiClient(KubernetesObjectApi);
  const pods = new Map<string, KnownPod>();
  const stopping = new AbortController();
  // Every pod on its way listens.
  setMaxListeners(0, stopping.signal);

  const route = async (pod: V1Pod, standIn: StandInPod): Promise<void> => {
    for (const each of standIn.routes) {
      await objects.patch(each, undefined, undefined, fieldManager, true, PatchStrategy.ServerSideApply);
    }
    await untilRouted(config, pod, stopping.signal);
    await letStart(core, pod, standIn);
  };

  const admit = async (known: KnownPod): Promise<void> => {
    const standIn = await known.standIn;
    await standIn.changed(known.latest);
    known.routed ??= route(known.latest, standIn).catch((error: unknown) => {
      known.routed = undefined;
      throw error;
    });
    await known.routed;
  };

  const admitUntilDone = (uid: string, known: KnownPod): void => {
    admit(known).catch((error: unknown) => {
      // Gone meanwhile, or the API server is down: no event will come of that, so try again.
      if (stopping.signal.aborted || pods.get(uid) !== known) return;
      if (!known.failed) log(`stand-in for ${known.latest.metadata?.name ?? ''}: ${problemOf(error)}`);
      known.failed = true;
      setTimeout(() => admitUntilDone(uid, known), tryAgainMs).unref();
    });
  };

  const newlyKnown = (pod: V1Pod): KnownPod => ({
    standIn: startStandInPod(pod, folder),
    latest: pod,
    failed: false,
    routed: undefined,
  });

  const seen = (pod: V1Pod): void => {
    // Before it has a node there is no kubelet to lead requests to.
    if (pod.spec?.nodeName === undefined) return;
    if (pod.metadata?.annotations?.[annotations.absent] === 'true') return;
    const uid = pod.metadata?.uid ?? '';
    const known = pods.get(uid) ?? newlyKnown(pod);
    known.latest = pod;
    pods.set(uid, known);
    admitUntilDone(uid, known);
  };

  const gone = (pod: V1Pod): void => {
    const uid = pod.metadata?.uid ?? '';
    const known = pods.get(uid);
    pods.delete(uid);
    known?.standIn.then(({ close }) => close()).catch((error: unknown) => log(problemOf(error)));
  };

  const informer = makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
  informer.on('add', seen);
  informer.on('update', seen);
  informer.on('delete', gone);
  informer.on('error', () => {
    if (!stopping.signal.aborted) setTimeout(() => void start(), tryAgainMs).unref();
  });
  const start = async (): Promise<void> => {
    try {
      await informer.start();
    } catch {
      if (!stopping.signal.aborted) setTimeout(() => void start(), tryAgainMs).unref();
    }
  };
  await start();

  return {
    stop: async () => {
      stopping.abort();
      await informer.stop();
      await Promise.allSettled([...pods.values()].map(async ({ standIn }) => (await standIn).close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A web socket that did not open rejects with an event. */
function problemOf(error: unknown): string {
  return error !== null && typeof error === 'object' && 'message' in error
    ? String(error.message)
    : String(error);
}

async function letStart(core: CoreV1Api, pod: V1Pod, standIn: StandInPod): Promise<void> {
  const name = standIn.behaviour();
  const { startMs }: Behaviour = behaviours[name];
  const current = pod.metadata?.annotations ?? {};
  const wanted = {
    [annotations.behaviour]: name,
    [annotations.routed]: 'true',
    ...(startMs === undefined || annotations.startDelay in current
      ? {}
      : { [annotations.startDelay]: `${String(startMs)}ms` }),
  };
  await core.patchNamespacedPod(
    {
      name: pod.metadata?.name ?? '',
      namespace: pod.metadata?.namespace ?? '',
      fieldManager,
      body: { metadata: { annotations: wanted } },
    },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}
