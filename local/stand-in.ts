/**
 * Gives every pod of a local cluster a real server to stand in for its container, and leads
 * port-forward, exec and log requests there. A pod may start (by KWOK's stages) only when that
 * is done, so a pod that is ready always answers, as the version of its own image.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
} from '@kubernetes/client-node';
import { annotations } from './kwok/annotations.ts';
import { behaviours, type Behaviour } from './kwok/behaviours.ts';
import { untilRouted } from './stand-in-probe.ts';
import { startStandInPod, type StandInPod } from './stand-in-pod.ts';

export interface StandInOptions {
  /** Its current context is used. */
  readonly kubeconfig: string;
  /** Where logs are kept; the system's temporary folder when absent. */
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
  /** Unset until its routes were asked for, and after that failed. */
  routed: Promise<void> | undefined;
}

export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const { log = () => {} } = options;
  const folder = await mkdtemp(join(options.workDir ?? tmpdir(), 'fairway-stand-in-'));
  const config = new KubeConfig();
  config.loadFromFile(options.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const pods = new Map<string, KnownPod>();
  const stopping = new AbortController();

  const route = async (pod: V1Pod, standIn: StandInPod): Promise<void> => {
    for (const each of standIn.routes) {
      await objects.patch(each, undefined, undefined, fieldManager, true, PatchStrategy.ServerSideApply);
    }
    await untilRouted(config, pod, stopping.signal);
    await letStart(core, pod, standIn);
  };

  const admit = async (pod: V1Pod): Promise<void> => {
    // Before it has a node there is no kubelet to lead requests to.
    if (pod.spec?.nodeName === undefined) return;
    const known = pods.get(uidOf(pod)) ?? { standIn: startStandInPod(pod, folder), routed: undefined };
    pods.set(uidOf(pod), known);
    const standIn = await known.standIn;
    await standIn.changed(pod);
    known.routed ??= route(pod, standIn).catch((error: unknown) => {
      known.routed = undefined;
      throw error;
    });
    await known.routed;
  };

  const release = async (pod: V1Pod): Promise<void> => {
    const known = pods.get(uidOf(pod));
    pods.delete(uidOf(pod));
    await (await known?.standIn)?.close();
  };

  const admitUntilDone = (pod: V1Pod): void => {
    admit(pod).catch((error: unknown) => {
      // Gone meanwhile, or the API server is down: no event will come of that, so try again.
      if (stopping.signal.aborted || !pods.has(uidOf(pod))) return;
      log(`stand-in for ${pod.metadata?.name ?? ''}: ${String(error)}`);
      setTimeout(() => admitUntilDone(pod), tryAgainMs).unref();
    });
  };

  const informer = makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
  informer.on('add', admitUntilDone);
  informer.on('update', admitUntilDone);
  informer.on('delete', (pod) => void release(pod));
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
      await Promise.all([...pods.values()].map(async ({ standIn }) => (await standIn).close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function uidOf(pod: V1Pod): string {
  return pod.metadata?.uid ?? '';
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
