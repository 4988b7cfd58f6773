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

export interface Recorder {
  /** The first moment, from now on, of which this is true. */
  readonly until: (namespace: string, is: (moment: Moment) => boolean) => Promise<Moment>;
  /** Forgets all but the latest moment. */
  readonly restart: (namespace: string) => void;
  readonly moments: (namespace: string) => readonly Moment[];
  readonly stop: () => Promise<void>;
}

interface Recording extends Place {
  readonly moments: Moment[];
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
    const see = (change: 'set' | 'delete') => (object: KubernetesObject) => {
      const { namespace = '', name = '' } = object.metadata ?? {};
      const recording = recordingOf(namespace);
      const objects = recording[kind] as Map<string, KubernetesObject>;
      if (change === 'set') objects.set(name, object);
      else objects.delete(name);
      record(recording);
    };
    let stopped = false;
    informer.on('add', see('set'));
    informer.on('update', see('set'));
    informer.on('delete', see('delete'));
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
        const now = recording.moments.at(-1);
        if (now !== undefined && is(now)) resolve(now);
        else recording.waiting = [...recording.waiting, { is, resolve }];
      }),
    restart: (namespace) => {
      const { moments } = recordingOf(namespace);
      moments.splice(0, moments.length - 1);
    },
    moments: (namespace) => recordingOf(namespace).moments,
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
  return {
    deployments: new Map(),
    pods: new Map(),
    services: new Map(),
    slices: new Map(),
    autoscalers: new Map(),
    scaledObjects: new Map(),
    moments: [],
    waiting: [],
  };
}

function record(recording: Recording): void {
  const moment = stateOf(recording, Date.now());
  const { at: _now, ...state } = moment;
  const { at: _before, ...last } = recording.moments.at(-1) ?? { at: 0 };
  if (JSON.stringify(state) === JSON.stringify(last)) return;
  recording.moments.push(moment);
  const come = recording.waiting.filter(({ is }) => is(moment));
  recording.waiting = recording.waiting.filter((each) => !come.includes(each));
  for (const { resolve } of come) resolve(moment);
}
