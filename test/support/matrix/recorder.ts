/** Watches every namespace of a cluster and keeps each state in which its target was, in order. */
import {
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  CustomObjectsApi,
  DiscoveryV1Api,
  makeInformer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
} from '@kubernetes/client-node';
import { scaledObjects } from '../keda.ts';
import { stateOf, type Moment, type Place } from './moment.ts';
import { apply, emptyPlace, replay, type Change } from './replay.ts';

export interface Recorder {
  /** The first moment, from now on, of which this is true: as far as its watches have come. */
  readonly until: (namespace: string, is: (moment: Moment) => boolean) => Promise<Moment>;
  /** Makes one moment of all that has been. */
  readonly restart: (namespace: string) => void;
  readonly moments: (namespace: string) => readonly Moment[];
  readonly stop: () => Promise<void>;
}

interface Recording {
  /** As the watches have told of it: one may be behind the others. */
  readonly place: Place;
  readonly changes: Change[];
  /** Highest version so far. */
  version: number;
  /** Up to this version it is the first moment. */
  since: number;
  waiting: readonly {
    readonly is: (moment: Moment) => boolean;
    readonly resolve: (moment: Moment) => void;
  }[];
}

export async function startRecorder(kube: KubeConfig): Promise<Recorder> {
  const recordings = new Map<string, Recording>();
  const recordingOf = (namespace: string): Recording => {
    const known = recordings.get(namespace) ?? emptyRecording();
    recordings.set(namespace, known);
    return known;
  };

  const follow = async ({ kind, path, list }: Watched): Promise<() => Promise<void>> => {
    const informer = makeInformer<KubernetesObject>(kube, path, list);
    const see = (isThere: boolean) => (object: KubernetesObject) => {
      const { namespace = '', name = '' } = object.metadata ?? {};
      const recording = recordingOf(namespace);
      const known = recording.place[kind].get(name);
      // Of what went between two watches the last state is told, and not when it went: after all that is known.
      const version =
        !isThere && known !== undefined && versionOf(known) >= versionOf(object)
          ? recording.version
          : versionOf(object);
      record(recording, { kind, name, version, at: Date.now(), ...(isThere ? { object } : {}) });
    };
    let stopped = false;
    informer.on('add', see(true));
    informer.on('update', see(true));
    informer.on('delete', see(false));
    // An API server ends a watch now and then.
    informer.on('error', () => {
      if (!stopped) void informer.start();
    });
    await informer.start();
    return () => {
      stopped = true;
      return informer.stop();
    };
  };
  const stops = await Promise.all(watched(kube).map(follow));

  return {
    until: (namespace, is) =>
      new Promise((resolve) => {
        const recording = recordingOf(namespace);
        const now = stateOf(recording.place, Date.now());
        if (is(now)) resolve(now);
        else recording.waiting = [...recording.waiting, { is, resolve }];
      }),
    restart: (namespace) => {
      const recording = recordingOf(namespace);
      recording.since = recording.version;
    },
    moments: (namespace) => {
      const { changes, since } = recordingOf(namespace);
      return replay(changes, since);
    },
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

interface Watched {
  readonly kind: keyof Place;
  readonly path: string;
  readonly list: () => Promise<KubernetesListObject<KubernetesObject>>;
}

function watched(kube: KubeConfig): readonly Watched[] {
  const apps = kube.makeApiClient(AppsV1Api);
  const core = kube.makeApiClient(CoreV1Api);
  const discovery = kube.makeApiClient(DiscoveryV1Api);
  const autoscaling = kube.makeApiClient(AutoscalingV2Api);
  const custom = kube.makeApiClient(CustomObjectsApi);
  const { group, version, plural } = scaledObjects;
  return [
    {
      kind: 'deployments',
      path: '/apis/apps/v1/deployments',
      list: () => apps.listDeploymentForAllNamespaces(),
    },
    { kind: 'pods', path: '/api/v1/pods', list: () => core.listPodForAllNamespaces() },
    { kind: 'services', path: '/api/v1/services', list: () => core.listServiceForAllNamespaces() },
    {
      kind: 'slices',
      path: '/apis/discovery.k8s.io/v1/endpointslices',
      list: () => discovery.listEndpointSliceForAllNamespaces(),
    },
    {
      kind: 'autoscalers',
      path: '/apis/autoscaling/v2/horizontalpodautoscalers',
      list: () => autoscaling.listHorizontalPodAutoscalerForAllNamespaces(),
    },
    {
      kind: 'scaledObjects',
      path: `/apis/${group}/${version}/${plural}`,
      list: async () =>
        (await custom.listClusterCustomObject(scaledObjects)) as KubernetesListObject<KubernetesObject>,
    },
  ];
}

function emptyRecording(): Recording {
  return { place: emptyPlace(), changes: [], version: 0, since: 0, waiting: [] };
}

function versionOf({ metadata }: KubernetesObject): number {
  return Number(metadata?.resourceVersion);
}

function record(recording: Recording, change: Change): void {
  recording.changes.push(change);
  recording.version = Math.max(recording.version, change.version);
  apply(recording.place, change);
  if (recording.waiting.length === 0) return;
  const moment = stateOf(recording.place, change.at);
  const come = recording.waiting.filter(({ is }) => is(moment));
  recording.waiting = recording.waiting.filter((each) => !come.includes(each));
  for (const { resolve } of come) resolve(moment);
}
