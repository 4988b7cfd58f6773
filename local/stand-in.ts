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
const reconnectMs = 250;

export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const { log = () => {} } = options;
  const folder = await mkdtemp(join(options.workDir ?? tmpdir(), 'fairway-stand-in-'));
  const config = new KubeConfig();
  config.loadFromFile(options.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const objects = KubernetesObjectApi.makeApiClient(config);
  /** By pod uid; a promise, so that two events of one pod never start two servers. */
  const pods = new Map<string, Promise<StandInPod>>();
  let stopped = false;

  const admit = async (pod: V1Pod): Promise<void> => {
    const uid = pod.metadata?.uid ?? '';
    const isNew = !pods.has(uid);
    const started = pods.get(uid) ?? startStandInPod(pod, folder);
    pods.set(uid, started);
    const standIn = await started;
    standIn.changed(pod);
    if (!isNew && pod.metadata?.annotations?.[annotations.routed] === 'true') return;
    for (const route of standIn.routes) {
      await objects.patch(route, undefined, undefined, fieldManager, true, PatchStrategy.ServerSideApply);
    }
    await letStart(core, pod, standIn);
  };

  const release = async (pod: V1Pod): Promise<void> => {
    const uid = pod.metadata?.uid ?? '';
    const standIn = pods.get(uid);
    pods.delete(uid);
    await (await standIn)?.close();
  };

  const guarded = (act: (pod: V1Pod) => Promise<void>) => (pod: V1Pod) => {
    act(pod).catch((error: unknown) => {
      // A pod that went away meanwhile, or an API server that is down: the next event tries again.
      if (!stopped) log(`${pod.metadata?.name ?? 'a pod'}: ${String(error)}`);
    });
  };

  const informer = makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
  informer.on('add', guarded(admit));
  informer.on('update', guarded(admit));
  informer.on('delete', guarded(release));
  informer.on('error', () => {
    if (!stopped) setTimeout(() => void start(), reconnectMs).unref();
  });
  const start = async (): Promise<void> => {
    try {
      await informer.start();
    } catch {
      if (!stopped) setTimeout(() => void start(), reconnectMs).unref();
    }
  };
  await start();

  return {
    stop: async () => {
      stopped = true;
      await informer.stop();
      const started = await Promise.allSettled(pods.values());
      await Promise.all(
        started.map((each) => (each.status === 'fulfilled' ? each.value.close() : undefined)),
      );
      await rm(folder, { recursive: true, force: true });
    },
  };
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
