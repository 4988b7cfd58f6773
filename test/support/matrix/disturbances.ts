/** What may happen to a target in the middle of a release: pods that turn bad, and people. */
import {
  AppsV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1ObjectMeta,
} from '@kubernetes/client-node';
import { annotations } from '../../../local/kwok/annotations.ts';
import { deployment, newVersion, repository, type MatrixCase } from './case.ts';
import type { canary } from './invariants.ts';
import { asked, green, ownerOf } from './invariants.ts';
import type { Moment } from './moment.ts';
import type { ObjectView, View } from './view.ts';

export interface Disturbance {
  /** Of what kind it is, for the pairing of the matrix. */
  readonly kind: 'pods' | 'metrics' | 'scaled' | 'image' | 'restart' | 'labels' | 'selector';
  readonly when: When;
  readonly act: (scene: Scene) => Promise<Effect>;
  /** What stays of it when the release is over: a person's change wins. */
  readonly stays?: (ended: View, views: { readonly before: View; readonly released: View }) => View;
}

interface Scene {
  readonly kube: KubeConfig;
  readonly namespace: string;
  readonly moment: Moment;
  /** From now on Prometheus has failed requests for the new version in this namespace. */
  readonly spoilMetrics: (namespace: string) => void;
}

interface Effect {
  /** Pods that were broken, and when. */
  readonly broken?: Readonly<Record<string, number>>;
}

/** A state of the cluster; or when the release begins to watch the new version for the n-th time. */
type When = ((moment: Moment, one: MatrixCase) => boolean) | { readonly bake: number };

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const person = 'kubectl-edit';

export const greenStarts: When = (moment) => asked(moment, green) > 0;

export const rollsOut: When = (moment, one) =>
  moment.deployments[deployment]?.image === `${repository}:${newVersion(one)}`;

/** Half of the pods of the new version crash, and go on crashing. */
export function podsCrash(when: When, of: typeof canary | typeof green, share = 0.5): Disturbance {
  return {
    kind: 'pods',
    when,
    act: async ({ kube, namespace, moment }) => {
      const pods = moment.serving.filter((pod) => ownerOf(pod) === of);
      const broken = pods.slice(0, Math.ceil(pods.length * share));
      const body = { metadata: { annotations: { [annotations.behaviour]: 'crash' } } };
      const brokenAt = Date.now();
      await Promise.all(
        broken.map((name) =>
          kube.makeApiClient(CoreV1Api).patchNamespacedPod({ name, namespace, body }, merge),
        ),
      );
      return { broken: Object.fromEntries(broken.map((name) => [name, brokenAt])) };
    },
  };
}

export function metricsTurnBad(when: When): Disturbance {
  return {
    kind: 'metrics',
    when,
    act: ({ spoilMetrics, namespace }) => {
      spoilMetrics(namespace);
      return Promise.resolve({});
    },
  };
}

export function someoneScales(when: When, replicas: number): Disturbance {
  return {
    kind: 'scaled',
    when,
    act: async ({ kube, namespace }) => {
      const body = { spec: { replicas } };
      await kube
        .makeApiClient(AppsV1Api)
        .patchNamespacedDeploymentScale({ name: deployment, namespace, body, fieldManager: person }, merge);
      return {};
    },
    stays: (view) => ({
      ...changed(view, `Deployment/${deployment}`, ({ spec, ...rest }) => ({
        ...rest,
        spec: { ...(spec as object), replicas },
      })),
      pods: Array<string>(replicas).fill(view.pods[0] ?? ''),
    }),
  };
}

export const theirImage = `${repository}:3.9.9`;

/** In the template of the old version or, where the release had it there already, of the new one. */
export function someoneSetsTheImage(when: When, template: 'before' | 'released' = 'before'): Disturbance {
  return {
    kind: 'image',
    when,
    act: async ({ kube, namespace }) => {
      const body = { spec: { template: { spec: { containers: [{ name: 'shop', image: theirImage }] } } } };
      await kube
        .makeApiClient(AppsV1Api)
        .patchNamespacedDeployment(
          { name: deployment, namespace, body, fieldManager: person },
          setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
        );
      return {};
    },
    stays: (ended, views) => {
      const name = `Deployment/${deployment}`;
      const theirs = JSON.stringify(views[template].objects[name]).replace(
        new RegExp(`"image":"${repository}:[^"]*"`),
        `"image":"${theirImage}"`,
      );
      return {
        ...changed(ended, name, () => JSON.parse(theirs) as ObjectView),
        pods: ended.pods.map((pod) => pod.replace(/^[^,]*/, theirImage)),
      };
    },
  };
}

const restarted = { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' };

/** As `kubectl rollout restart` does, by a client that does not ask whether the Deployment is paused. */
export function someoneRestarts(when: When): Disturbance {
  return {
    kind: 'restart',
    when,
    act: async ({ kube, namespace }) => {
      const body = { spec: { template: { metadata: { annotations: restarted } } } };
      await kube
        .makeApiClient(AppsV1Api)
        .patchNamespacedDeployment({ name: deployment, namespace, body, fieldManager: person }, merge);
      return {};
    },
    stays: (view) =>
      changed(view, `Deployment/${deployment}`, ({ spec, ...rest }) => {
        const { template, ...others } = spec as { readonly template: { readonly metadata: V1ObjectMeta } };
        const { annotations, ...metadata } = template.metadata;
        const written = { ...metadata, annotations: { ...annotations, ...restarted } };
        return { ...rest, spec: { ...others, template: { ...template, metadata: written } } };
      }),
  };
}

const theirLabels = { 'example.com/on-call': 'ana' };

/** On Deployment and Service. */
export function someoneAddsLabels(when: When): Disturbance {
  const add = (each: ObjectView): ObjectView => ({ ...each, labels: { ...each.labels, ...theirLabels } });
  return {
    kind: 'labels',
    when,
    act: async ({ kube, namespace }) => {
      const patch = {
        name: deployment,
        namespace,
        body: { metadata: { labels: theirLabels } },
        fieldManager: person,
      };
      await kube.makeApiClient(AppsV1Api).patchNamespacedDeployment(patch, merge);
      await kube.makeApiClient(CoreV1Api).patchNamespacedService(patch, merge);
      return {};
    },
    stays: (view) => changed(changed(view, `Deployment/${deployment}`, add), `Service/${deployment}`, add),
  };
}

const theirSelector = { 'app.kubernetes.io/component': 'server' };

/** The Service gets one more label to select by, which all pods carry. */
export function someoneEditsTheSelector(when: When): Disturbance {
  return {
    kind: 'selector',
    when,
    act: async ({ kube, namespace }) => {
      const body = { spec: { selector: theirSelector } };
      await kube
        .makeApiClient(CoreV1Api)
        .patchNamespacedService({ name: deployment, namespace, body, fieldManager: person }, merge);
      return {};
    },
    stays: (view) =>
      changed(view, `Service/${deployment}`, ({ spec, ...rest }) => {
        const { selector, ...others } = spec as { readonly selector: object };
        return { ...rest, spec: { ...others, selector: { ...selector, ...theirSelector } } };
      }),
  };
}

function changed(view: View, name: string, change: (each: ObjectView) => ObjectView): View {
  const found = view.objects[name];
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return { ...view, objects: { ...view.objects, [name]: change(found) } };
}
