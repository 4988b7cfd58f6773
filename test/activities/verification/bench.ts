/** Everything that the tests of verification share: a target on the test cluster, and a run of the activity. */
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { execa } from 'execa';
import { createAlertReader } from '../../../src/activities/alerting/alertmanager.ts';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import type { VerificationCluster } from '../../../src/activities/verification/cluster.ts';
import { createVerificationActivities } from '../../../src/activities/verification/index.ts';
import { createVerificationCluster } from '../../../src/activities/verification/kube-cluster.ts';
import type { CheckSpec, HttpCheck, Reach, VerificationReport } from '../../../src/domain/check.ts';
import type { Target } from '../../../src/domain/target.ts';
import { aTarget } from '../../support/a-target.ts';
import { toolsFolder, type TestCluster } from '../../support/cluster.ts';

export function http(change: Partial<HttpCheck> & Pick<HttpCheck, 'name' | 'path'>): HttpCheck {
  return {
    kind: 'http',
    severity: 'required',
    port: 8000,
    method: 'GET',
    expectStatus: [200],
    whenUnsupported: 'fail',
    timeoutSeconds: 30,
    ...change,
  };
}

export const health = http({ name: 'health', path: '/health', expectJson: { status: 'healthy' } });

export const runbookChecks: readonly CheckSpec[] = [
  { kind: 'replicas', name: 'replicas', severity: 'required' },
  { kind: 'pods', name: 'pods', severity: 'required' },
  health,
  http({ name: 'ready', path: '/ready', expectJson: { ready: true } }),
  http({ name: 'database', path: '/health/db', expectJson: { status: 'connected' } }),
  {
    kind: 'logs',
    name: 'logs',
    severity: 'advisory',
    pattern: 'error|exception|fatal',
    limit: 10,
    windowSeconds: 300,
  },
  {
    kind: 'image',
    name: 'version',
    severity: 'required',
    reported: { port: 8000, path: '/health', field: 'version' },
  },
  http({ name: 'training API', path: '/v1/training' }),
  http({ name: 'metrics', path: '/metrics', port: 9090, expectBody: '# HELP' }),
];

export function targetIn(
  namespace: string,
  checks: readonly CheckSpec[],
  change: { readonly reach?: Reach; readonly seconds?: number } = {},
): Target {
  return aTarget({
    environment: { namespace, cluster: 'test-cluster' },
    service: {
      deployment: 'tensafe-server',
      container: 'tensafe',
      verification: { reach: change.reach ?? 'portForward', checks },
      timeouts: { helmSeconds: 60, rolloutSeconds: 180, verificationSeconds: change.seconds ?? 180 },
    },
  });
}

export function realCluster(cluster: TestCluster): VerificationCluster {
  return createVerificationCluster(createClusterClients(cluster.config, cluster.config.getCurrentContext()));
}

/** Runs the activity as a worker would; `environment` lets a test see heartbeats and cancel. */
export async function verify(
  cluster: VerificationCluster,
  target: Target,
  options: {
    readonly image?: string;
    readonly since?: number;
    readonly environment?: MockActivityEnvironment;
  } = {},
): Promise<VerificationReport> {
  const { verifyTarget } = createVerificationActivities({
    clusterOf: () => cluster,
    readAlerts: createAlertReader(fetch),
  });
  const { environment = new MockActivityEnvironment(), ...asked } = options;
  const input = { target, ...asked };
  return (await environment.run(verifyTarget, input)) as VerificationReport;
}

export async function kubectl(cluster: TestCluster, args: readonly string[]): Promise<string> {
  const where = ['--kubeconfig', cluster.kubeconfig];
  return (await execa(join(toolsFolder(), 'kubectl'), [...where, ...args])).stdout;
}

export async function rolledOut(
  cluster: TestCluster,
  namespace: string,
  name = 'tensafe-server',
): Promise<void> {
  await kubectl(cluster, ['-n', namespace, 'rollout', 'status', `deployment/${name}`, '--timeout', '220s']);
}
