/** What the demo shows for each strategy. */
import type { DemoStrategy } from './arguments.ts';

export interface DemoScene {
  /** Workflow type. */
  readonly type: string;
  readonly environment: string;
  /** kube context and namespace, as the profile has them. */
  readonly context: string;
  readonly namespace: string;
  /** A canary needs pods to share out. */
  readonly replicas: number;
  /** Further fields of the input. The runbook waits 15 minutes at each step; here it is seconds. */
  readonly options: object;
  /** People who approve it. */
  readonly approvers: readonly string[];
}

const production = {
  type: 'release',
  environment: 'production',
  context: 'prod-cluster',
  namespace: 'tensafe-prod',
} as const;

export const approvers = ['ada@example.com', 'grace@example.com'] as const;

export const scenes: Readonly<Record<DemoStrategy, DemoScene>> = {
  standard: {
    type: 'standardDeployment',
    environment: 'dev',
    context: 'dev-cluster',
    namespace: 'tensafe-dev',
    replicas: 3,
    options: {},
    approvers: [],
  },
  canary: {
    ...production,
    replicas: 10,
    options: {
      strategy: 'canary',
      steps: [
        { weight: 10, bake: '10s' },
        { weight: 30, bake: '10s' },
        { weight: 50, bake: '10s' },
        { weight: 100, bake: '5s' },
      ],
    },
    approvers,
  },
  blueGreen: {
    ...production,
    replicas: 3,
    options: { strategy: 'blueGreen', monitor: '15s', keep: '30s' },
    approvers,
  },
};
