/** The service that is released, as a newcomer finds it. */
import { join } from 'node:path';
import type { Cluster } from '../cluster.ts';
import { install } from '../platform.ts';
import { profile } from './configuration.ts';
import type { DemoScene } from './scenes.ts';

/** Its version before any release. */
export const installed = '4.0.0';

export async function installTenSafe(
  helm: string,
  cluster: Cluster,
  scene: DemoScene,
  minReadySeconds = 1,
): Promise<void> {
  const { context, namespace, replicas } = scene;
  await cluster.kubectl(['create', 'namespace', namespace]);
  await cluster.kubectl([
    ...['create', 'secret', 'generic', 'tensafe-secrets', '--namespace', namespace],
    '--from-literal=database-url=postgresql://demo',
  ]);
  await install(helm, cluster, {
    release: 'tensafe',
    chart: join(profile, 'chart'),
    namespace,
    context,
    version: installed,
    values: [`minReadySeconds=${minReadySeconds}`, `replicaCount=${replicas}`],
  });
}
