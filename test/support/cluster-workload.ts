/** TenSafe's objects as plain manifests, for tests that want no Helm. */
import {
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  type V1Deployment,
  type V1PodSpec,
} from '@kubernetes/client-node';
import type { TestCluster } from './cluster.ts';

type V2AutoscalerSpec = Parameters<
  AutoscalingV2Api['createNamespacedHorizontalPodAutoscaler']
>[0]['body']['spec'];

export interface WorkloadOptions {
  readonly namespace: string;
  /** Tag of `tensafe/server`; its end chooses a behaviour, see local/kwok/behaviours.ts. */
  readonly tag: string;
  readonly replicas?: number;
  readonly progressDeadlineSeconds?: number;
  /** With an autoscaler that keeps between `replicas` and 10. */
  readonly autoscaler?: boolean;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Where its pods go. */
  readonly pod?: Pick<V1PodSpec, 'nodeSelector' | 'tolerations'>;
  /** What each of its pods asks for. */
  readonly cpu?: string;
  /** Of its readiness probe. */
  readonly probe?: { readonly failureThreshold: number };
}

const name = 'tensafe-server';
const labels = { 'app.kubernetes.io/name': 'tensafe', 'app.kubernetes.io/instance': 'tensafe' };

/** Creates Deployment and Service `tensafe-server`, container `tensafe`, ports 8000 and 9090. */
export async function installWorkload(cluster: TestCluster, options: WorkloadOptions): Promise<void> {
  const { namespace } = options;
  const apps = cluster.config.makeApiClient(AppsV1Api);
  const core = cluster.config.makeApiClient(CoreV1Api);
  await apps.createNamespacedDeployment({ namespace, body: deployment(options) });
  await core.createNamespacedService({
    namespace,
    body: {
      metadata: { name, labels },
      spec: {
        selector: labels,
        ports: [
          { name: 'http', port: 8000 },
          { name: 'metrics', port: 9090 },
        ],
      },
    },
  });
  if (options.autoscaler !== true) return;
  const spec: V2AutoscalerSpec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: options.replicas ?? 2,
    maxReplicas: 10,
  };
  await cluster.config
    .makeApiClient(AutoscalingV2Api)
    .createNamespacedHorizontalPodAutoscaler({ namespace, body: { metadata: { name, labels }, spec } });
}

function deployment(options: WorkloadOptions): V1Deployment {
  return {
    metadata: { name, labels },
    spec: {
      replicas: options.replicas ?? 2,
      progressDeadlineSeconds: options.progressDeadlineSeconds ?? 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { ...options.podAnnotations } },
        spec: {
          ...options.pod,
          terminationGracePeriodSeconds: 5,
          containers: [
            {
              name: 'tensafe',
              image: `tensafe/server:${options.tag}`,
              ports: [
                { name: 'http', containerPort: 8000 },
                { name: 'metrics', containerPort: 9090 },
              ],
              ...(options.cpu === undefined ? {} : { resources: { requests: { cpu: options.cpu } } }),
              readinessProbe: { httpGet: { path: '/ready', port: 8000 }, periodSeconds: 5, ...options.probe },
            },
          ],
        },
      },
    },
  };
}
