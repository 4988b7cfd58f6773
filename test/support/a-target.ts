/** A target for tests that need no cluster. */
import type { ObservedTarget } from '../../src/domain/observation.ts';
import type { Target } from '../../src/domain/target.ts';

export interface TargetChange {
  readonly environment?: Partial<Target['environment']>;
  readonly service?: Partial<Target['service']>;
}

export function aTarget({ environment, service }: TargetChange = {}): Target {
  return {
    service: {
      name: 'shop',
      displayName: 'Shop',
      deployment: 'shop-server',
      container: 'shop',
      image: 'example/shop',
      kubernetesService: 'shop-server',
      update: 'image',
      helm: { release: 'shop', chart: '/charts/shop', imageTagValue: 'image.tag' },
      verification: {
        reach: 'portForward',
        checks: [{ kind: 'replicas', name: 'replicas', severity: 'required' }],
      },
      timeouts: { helmSeconds: 600, rolloutSeconds: 300, verificationSeconds: 120 },
      ...service,
    },
    environment: {
      name: 'dev',
      cluster: 'dev-cluster',
      namespace: 'shop-dev',
      taskQueue: 'fairway-dev',
      strategy: 'standard',
      whenHeld: 'reject',
      approval: { required: 0, people: [], expirySeconds: 86_400 },
      checklist: [],
      slackChannel: '#ops-announcements',
      ...environment,
    },
  };
}

export function anObservation(change: Partial<ObservedTarget['deployment']> = {}): ObservedTarget {
  return {
    deployment: {
      name: 'shop-server',
      uid: 'uid-1',
      generation: 4,
      revision: '4',
      replicaSet: 'shop-server-abc',
      templateHash: 'abc',
      replicas: 3,
      availableReplicas: 3,
      image: 'example/shop:4.0.0',
      paused: false,
      selector: { app: 'shop' },
      ...change,
    },
    service: { name: 'shop-server', selector: { app: 'shop' } },
    helm: {
      name: 'shop',
      revision: 7,
      status: 'deployed',
      deployedRevision: 7,
      chart: 'shop-1.0.0',
      updatedAt: '2026-02-03T09:00:00Z',
    },
  };
}
