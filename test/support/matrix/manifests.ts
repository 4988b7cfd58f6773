/** A target's objects, the same whether they are created as they are or by Helm. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { annotations } from '../../../local/kwok/annotations.ts';
import { scaledObjects } from '../keda.ts';
import {
  declaredMinimum,
  deployment,
  answersForItself,
  oldVersion,
  repository,
  type MatrixCase,
} from './case.ts';

type Manifest = KubernetesObject & { readonly spec: object };
type Labels = Readonly<Record<string, string>>;

const versionLabel = 'app.kubernetes.io/version';

export function manifests(one: MatrixCase, version = oldVersion): readonly Manifest[] {
  const { name, replicas } = one;
  const labels = { ...podLabels(one), team: 'checkout' };
  const metadata = { name: deployment, namespace: name, labels };
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment };
  const target: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, annotations: { 'example.com/owner': 'shop team' } },
    spec: {
      replicas,
      progressDeadlineSeconds: 120,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      selector: { matchLabels: selectorOf(one) },
      template: {
        // As charts do, and so another template with each version, besides the image.
        metadata: {
          labels: { ...podLabels(one), ...(one.owner === 'helm' ? { [versionLabel]: version } : {}) },
          ...(answersForItself(one) ? {} : { annotations: { [annotations.absent]: 'true' } }),
        },
        spec: {
          containers: [
            {
              name: 'shop',
              image: `${repository}:${version}`,
              ports: [{ name: 'http', containerPort: 8000 }],
              readinessProbe: { httpGet: { path: '/ready', port: 8000 } },
            },
          ],
        },
      },
    },
  };
  const service: Manifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: selectorOf(one), ports: [{ name: 'http', port: 8000 }] },
  };
  const guards: Readonly<Record<MatrixCase['guard'], readonly Manifest[]>> = {
    none: [],
    hpa: [
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata,
        spec: { scaleTargetRef, minReplicas: replicas, maxReplicas: replicas + 5 },
      },
    ],
    keda: [
      {
        apiVersion: `${scaledObjects.group}/${scaledObjects.version}`,
        kind: 'ScaledObject',
        metadata,
        spec: { scaleTargetRef: { name: deployment }, maxReplicaCount: replicas + 5 },
      },
    ],
    pdb: [
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata,
        spec: { minAvailable: declaredMinimum(one), selector: { matchLabels: selectorOf(one) } },
      },
    ],
  };
  return [target, service, ...guards[one.guard]];
}

function podLabels({ name }: MatrixCase): Labels {
  return {
    'app.kubernetes.io/name': 'shop',
    'app.kubernetes.io/component': 'server',
    'app.kubernetes.io/instance': name,
  };
}

/** Of the Service, and of the Deployment too. */
function selectorOf(one: MatrixCase): Labels {
  const keys: Readonly<Record<MatrixCase['selector'], readonly string[]>> = {
    name: ['name'],
    'name and component': ['name', 'component'],
    'name and instance': ['name', 'instance'],
  };
  const wanted = keys[one.selector].map((key) => `app.kubernetes.io/${key}`);
  return Object.fromEntries(Object.entries(podLabels(one)).filter(([key]) => wanted.includes(key)));
}

/** Writes a chart of these objects, with the version as its only value; answers its folder. */
export async function writeChart(one: MatrixCase, folder: string): Promise<string> {
  const chart = join(folder, one.name);
  await mkdir(join(chart, 'templates'), { recursive: true });
  const objects = manifests(one, '{{ .Values.image.tag }}').map((each) => JSON.stringify(each, null, 1));
  await Promise.all([
    writeFile(join(chart, 'Chart.yaml'), `apiVersion: v2\nname: shop\nversion: 1.0.0\n`),
    writeFile(join(chart, 'values.yaml'), `image: { tag: '${oldVersion}' }\n`),
    writeFile(join(chart, 'templates', 'all.yaml'), objects.join('\n---\n')),
  ]);
  return chart;
}
