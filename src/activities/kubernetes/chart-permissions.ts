/** The rights that helm uses on the objects of a service's chart: which these are shows when it is rendered. */
import type { ManifestKind } from '../helm/types.ts';
import type { ClusterClients } from './clients.ts';
import type { Permission } from './permissions.ts';

/** What helm does with the objects of a chart as they come, change and go. */
export const chartObjectVerbs = ['get', 'create', 'patch', 'delete'] as const;

/**
 * Kinds that the cluster does not know, which rendering reports, and kinds that are in no namespace, which a Role
 * cannot grant, are left out. The Deployment has rights of its own: an upgrade only ever changes it.
 */
export async function permissionsForChart(
  clients: ClusterClients,
  kinds: readonly ManifestKind[],
): Promise<readonly Permission[]> {
  const versions = [...new Set(kinds.map(({ apiVersion }) => apiVersion))];
  const known = await Promise.all(versions.map((version) => resourcesOf(clients, version)));
  return known.flat().flatMap(({ group, resource, apiVersion, kind }) =>
    kind !== 'Deployment' && kinds.some((each) => each.apiVersion === apiVersion && each.kind === kind)
      ? [
          {
            group,
            resource,
            verbs: chartObjectVerbs,
            reason: `let helm write the ${resource} of the chart`,
          },
        ]
      : [],
  );
}

async function resourcesOf({ core, custom }: ClusterClients, apiVersion: string) {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const { resources } = await (group === ''
    ? core.getAPIResources()
    : custom.getAPIResources({ group, version }));
  return resources
    .filter(({ name, namespaced }) => namespaced && !name.includes('/'))
    .map(({ name, kind }) => ({ group, resource: name, apiVersion, kind }));
}
