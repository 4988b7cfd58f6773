/** From the live Deployment to the Deployment of a track: pure, on the JSON as the server wrote it. */
import type { Track } from '../../domain/track.ts';
import { trackDeployment, trackLabel } from '../../domain/track.ts';
import type { JsonObject } from './raw-json.ts';
import { managedByLabel, trackMarks } from './track-marks.ts';

/**
 * Labels and annotations by which a tool owns the Deployment that carries them (it would delete or
 * overwrite the track as its own), or that tell of that one Deployment only.
 */
const notInherited = [
  'meta.helm.sh/',
  'helm.sh/',
  'argocd.argoproj.io/',
  'kustomize.toolkit.fluxcd.io/',
  'helm.toolkit.fluxcd.io/',
  'applyset.kubernetes.io/',
  'objectset.rio.cattle.io/',
  'kubectl.kubernetes.io/',
  'deployment.kubernetes.io/',
  'fairway.dev/',
];

/** A track is never rolled: one old ReplicaSet is room enough for whoever patches it by hand. */
const revisionHistoryLimit = 1;

export interface TrackManifestInput {
  /** The live Deployment, whole: fields of a newer API server survive. */
  readonly live: JsonObject;
  readonly container: string;
  readonly track: Track;
  readonly image: string;
  readonly replicas: number;
  readonly key: string;
}

interface Live {
  readonly metadata: LiveMetadata & { readonly name: string };
  readonly spec: {
    readonly minReadySeconds?: number;
    readonly progressDeadlineSeconds?: number;
    readonly selector: JsonObject & { readonly matchLabels?: Labels };
    readonly template: JsonObject & {
      readonly metadata?: LiveMetadata;
      readonly spec: JsonObject & { readonly containers: readonly JsonObject[] };
    };
  };
}

interface LiveMetadata {
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

type Labels = Readonly<Record<string, string>>;

/** All of the live pod template with one image and one label changed; the Deployment around it is Fairway's own. */
export function trackManifest({
  live,
  container,
  track,
  image,
  replicas,
  key,
}: TrackManifestInput): JsonObject {
  const { metadata, spec } = live as unknown as Live;
  const marks = trackMarks(track, key);
  const { template, selector } = spec;
  const same = (name: 'minReadySeconds' | 'progressDeadlineSeconds'): JsonObject =>
    spec[name] === undefined ? {} : { [name]: spec[name] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: trackDeployment(metadata.name, track),
      labels: { ...inherited(metadata.labels), ...marks.labels },
      annotations: { ...inherited(metadata.annotations), ...marks.annotations },
    },
    spec: {
      replicas,
      revisionHistoryLimit,
      ...same('minReadySeconds'),
      ...same('progressDeadlineSeconds'),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [trackLabel]: track } },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [trackLabel]: track } },
        spec: {
          ...template.spec,
          containers: template.spec.containers.map((each) =>
            each['name'] === container ? { ...each, image } : each,
          ),
        },
      },
    },
  };
}

function inherited(marks: Labels = {}): Labels {
  return Object.fromEntries(
    Object.entries(marks).filter(
      ([name]) => name !== managedByLabel && !notInherited.some((prefix) => name.startsWith(prefix)),
    ),
  );
}
