import type { V1Deployment } from '@kubernetes/client-node';
import { createAlarm } from './alarm.ts';
import type { ClusterClients } from './clients.ts';
import type { DeploymentRef } from './deployment.ts';
import { isObserved } from './deployment.ts';
import { startReflector } from './reflector.ts';

/** The controller acts within milliseconds; one that is busy or restarting within seconds. */
const patienceSeconds = 15;

/**
 * The Deployment once its controller has seen it (only then does its revision belong to its
 * template), or as it is when the controller takes too long.
 */
export async function awaitObserved(
  clients: ClusterClients,
  ref: DeploymentRef,
  given: V1Deployment,
  signal: AbortSignal,
): Promise<V1Deployment> {
  if (isObserved(given)) return given;
  const stop = new AbortController();
  const end = (): void => stop.abort();
  signal.addEventListener('abort', end, { once: true });
  const timer = setTimeout(end, patienceSeconds * 1000);
  const alarm = createAlarm();
  const fieldSelector = `metadata.name=${ref.name}`;
  const deployments = startReflector<V1Deployment>({
    watch: clients.watch,
    path: `/apis/apps/v1/namespaces/${ref.namespace}/deployments`,
    selector: { fieldSelector },
    list: () => clients.apps.listNamespacedDeployment({ namespace: ref.namespace, fieldSelector }),
    onChange: alarm.ring,
    signal: stop.signal,
  });
  try {
    for (;;) {
      const [deployment] = deployments.items();
      if (deployment !== undefined && isObserved(deployment)) return deployment;
      if (stop.signal.aborted) return deployment ?? given;
      await alarm.wait(patienceSeconds * 1000, stop.signal);
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    stop.abort();
  }
}
