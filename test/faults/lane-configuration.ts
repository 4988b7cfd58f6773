/** The fairway.yaml of a lane. */
import { fileURLToPath } from 'node:url';
import type { UpdateMethod } from '../../src/domain/target.ts';
import { slackChannel } from './bench.ts';
import { context } from './ground.ts';

export const chart = fileURLToPath(new URL('../../profiles/tensafe/chart', import.meta.url));
export const helmRelease = 'tensafe';
export const deployment = 'tensafe-server';
export const container = 'tensafe';
export const repository = 'tensafe/server';

export function controlQueue(lane: string): string {
  return `${lane}-control`;
}

/** Beside the chart: nothing measures here, so it moves nothing by itself. */
export const autoscaler = JSON.stringify({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: deployment },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
    minReplicas: 2,
    maxReplicas: 10,
  },
});

/** Timeouts leave room for a minute without an API server, on a slow machine. Nobody is there to be asked. */
export function laneConfiguration(name: string, method: UpdateMethod): string {
  const helm = `helm: { release: ${helmRelease}, chart: ${chart} }`;
  return `
temporal: { taskQueue: ${controlQueue(name)} }
environments:
  ${name}:
    cluster: ${context}
    namespace: ${name}
    taskQueue: ${name}
    slackChannel: '${slackChannel}'
    announcement: { lead: 0s }
services:
  tensafe:
    displayName: TenSafe
    deployment: ${deployment}
    container: ${container}
    image: ${repository}
    kubernetesService: ${deployment}
    update: ${method}
    ${method === 'helm' ? helm : ''}
    verification: { port: 8000 }
    timeouts: { helm: 10m, rollout: 15m, verification: 10m }
    canary: { steps: [{ weight: 34, bake: 1s }, { weight: 67, bake: 0s }, { weight: 100, bake: 0s }] }
    blueGreen: { monitor: 1s, keep: 30s }
    analysis: { whenInconclusive: rollBack }
`;
}
