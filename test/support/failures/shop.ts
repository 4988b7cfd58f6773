/** The shop's objects, as they are before anything is wrong with them. */
import type {
  V1Container,
  V1Deployment,
  V1DeploymentSpec,
  V1PodSpec,
  V1Service,
} from '@kubernetes/client-node';
import { annotations } from '../../../local/kwok/annotations.ts';
import type { BehaviourName } from '../../../local/kwok/behaviours.ts';

export const names = { deployment: 'shop-server', container: 'shop', service: 'shop-server' };
export const labels = { app: 'shop' };

export interface ShopChange {
  readonly spec?: Partial<V1DeploymentSpec>;
  readonly pod?: Partial<V1PodSpec>;
  readonly container?: Partial<V1Container>;
  /** What the simulated pod does; by itself it runs. */
  readonly behaviour?: BehaviourName;
  /** For local/kwok/annotations.ts. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Somebody asks the pod, or reads its log: it gets a server of its own. */
  readonly answers?: boolean;
}

/** What the kubelet would say of a container that cannot start. */
export function waiting(reason: string, message: string): ShopChange {
  return {
    behaviour: 'waits',
    annotations: { [annotations.waitingReason]: reason, [annotations.waitingMessage]: message },
  };
}

export function shopDeployment(tag: string, change: ShopChange): V1Deployment {
  const { spec, pod, container, behaviour = 'healthy', answers = false } = change;
  const unattended = answers ? {} : { [annotations.absent]: 'true', [annotations.routed]: 'true' };
  return {
    metadata: { name: names.deployment, labels },
    spec: {
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: labels },
      ...spec,
      template: {
        metadata: {
          labels,
          annotations: { [annotations.behaviour]: behaviour, ...unattended, ...change.annotations },
        },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: names.container,
              image: `example/shop:${tag}`,
              ports: [
                { name: 'http', containerPort: 8000 },
                { name: 'metrics', containerPort: 9090 },
              ],
              readinessProbe: { httpGet: { path: '/ready', port: 8000 }, periodSeconds: 1 },
              ...container,
            },
          ],
          ...pod,
        },
      },
    },
  };
}

export const shopService: V1Service = {
  metadata: { name: names.service, labels },
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
};
