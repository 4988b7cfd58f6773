/** What tests of smoke tests share: a target on the test cluster, and a run of the activity. */
import type { MockActivityEnvironment } from '@temporalio/testing';
import type { KubeConfig } from '@kubernetes/client-node';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { createSmokeActivities } from '../../../src/activities/smoke/index.ts';
import { openPortForward } from '../../../src/activities/verification/port-forward.ts';
import { createVerificationCluster } from '../../../src/activities/verification/kube-cluster.ts';
import type { CheckResult } from '../../../src/domain/check.ts';
import type { SmokeTest } from '../../../src/domain/strategy-options.ts';
import { aTarget } from '../../support/a-target.ts';
import { environment } from '../kubernetes/bench.ts';

type Of<K extends SmokeTest['kind']> = Extract<SmokeTest, { readonly kind: K }>;

/** A JavaScript program as the command; the base URL is in SHOP_BASE_URL. */
export function program(script: string, change: Partial<Of<'command'>> = {}): Of<'command'> {
  return {
    kind: 'command',
    name: 'smoke',
    command: ['node', '--input-type=module', '-e', script],
    baseUrlVariable: 'SHOP_BASE_URL',
    port: 8000,
    timeoutSeconds: 180,
    ...change,
  };
}

export function job(change: Partial<Of<'job'>> = {}): Of<'job'> {
  return {
    kind: 'job',
    name: 'smoke',
    image: 'example/smoke:1.0.0',
    command: ['smoke', '--all'],
    baseUrlVariable: 'SHOP_BASE_URL',
    port: 8000,
    timeoutSeconds: 90,
    ...change,
  };
}

export interface Run {
  readonly config: KubeConfig;
  readonly namespace: string;
  readonly test: SmokeTest;
  readonly deployment?: string;
  readonly key?: string;
  readonly folder?: string;
  readonly workerEnvironment?: NodeJS.ProcessEnv;
  /** Lets a test cancel. */
  readonly env?: MockActivityEnvironment;
}

export async function smoke(run: Run): Promise<CheckResult> {
  const { config, namespace, test, deployment = 'tensafe-server', key = 'release-1/smoke' } = run;
  const { runSmokeTest } = createSmokeActivities({
    clusterOf: (context) => {
      const clients = createClusterClients(config, context);
      const sockets = createVerificationCluster(clients);
      return { clients, openPortForward: (at, signal) => openPortForward(sockets, at, signal) };
    },
    folder: run.folder ?? '/',
    environment: run.workerEnvironment ?? process.env,
  });
  const target = aTarget({ environment: { cluster: config.getCurrentContext(), namespace } });
  const env = run.env ?? environment();
  return (await env.run(runSmokeTest, { target, deployment, test, key })) as CheckResult;
}
