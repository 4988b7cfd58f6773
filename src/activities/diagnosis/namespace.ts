/** What is around a workload in its namespace, and the nodes. */
import type { V1Deployment, V1Node } from '@kubernetes/client-node';
import type {
  BudgetFact,
  ClaimFact,
  MissingReference,
  NodeFact,
  QuotaFact,
} from '../../domain/diagnosis-observation.ts';
import type { ClusterClients } from '../kubernetes/clients.ts';
import { selects } from '../kubernetes/label-selects.ts';
import { lookAtReferences } from '../kubernetes/look-at-references.ts';
import { referencesOf } from '../kubernetes/references.ts';
import { unlessMissing } from '../kubernetes/unless-missing.ts';
import { maxNodes } from './limits.ts';
import type { Looker } from './looker.ts';

const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

export async function quotas(
  { core }: ClusterClients,
  namespace: string,
  { options }: Looker,
): Promise<readonly QuotaFact[]> {
  const { items } = await core.listNamespacedResourceQuota({ namespace }, options);
  return items.flatMap(({ metadata, spec, status }) =>
    Object.entries(status?.hard ?? spec?.hard ?? {}).map(([resource, hard]) => ({
      name: metadata?.name ?? '',
      resource,
      hard,
      used: status?.used?.[resource] ?? '0',
    })),
  );
}

export async function budgets(
  { policy }: ClusterClients,
  namespace: string,
  deployment: V1Deployment,
  { options }: Looker,
): Promise<readonly BudgetFact[]> {
  const labels = deployment.spec?.template.metadata?.labels ?? {};
  const { items } = await policy.listNamespacedPodDisruptionBudget({ namespace }, options);
  return items
    .filter(({ spec, status }) => status !== undefined && selects(spec?.selector, labels))
    .map(({ metadata, status }) => ({
      name: metadata?.name ?? '',
      disruptionsAllowed: status?.disruptionsAllowed ?? 0,
      currentHealthy: status?.currentHealthy ?? 0,
      desiredHealthy: status?.desiredHealthy ?? 0,
    }));
}

export async function claims(
  { core }: ClusterClients,
  namespace: string,
  names: readonly string[],
  { options }: Looker,
): Promise<readonly ClaimFact[]> {
  return Promise.all(
    names.map(async (name): Promise<ClaimFact> => {
      const claim = await unlessMissing(() =>
        core.readNamespacedPersistentVolumeClaim({ name, namespace }, options),
      );
      const storageClass = claim?.spec?.storageClassName;
      const phase = claim === undefined ? 'Missing' : phaseOf(claim.status?.phase);
      return { name, phase, ...(storageClass ? { storageClass } : {}) };
    }),
  );
}

function phaseOf(phase: string | undefined): ClaimFact['phase'] {
  return phase === 'Bound' || phase === 'Lost' ? phase : 'Pending';
}

/** Throws where none of them may be looked at: that is a right that is missing. */
export async function missingReferences(
  clients: ClusterClients,
  namespace: string,
  deployment: V1Deployment,
  { options }: Looker,
): Promise<readonly MissingReference[]> {
  const spec = deployment.spec?.template.spec;
  if (spec === undefined) return [];
  const seen = await lookAtReferences(clients, namespace, referencesOf(spec), options);
  const forbidden = seen.filter(({ seen: { state } }) => state === 'forbidden');
  if (seen.length > 0 && forbidden.length === seen.length)
    throw new Error('this worker may not see whether they exist');
  return seen.filter(({ seen: { state } }) => state === 'missing').map(({ kind, name }) => ({ kind, name }));
}

export async function nodes({ core }: ClusterClients, { options }: Looker): Promise<readonly NodeFact[]> {
  const { items } = await core.listNode({ limit: maxNodes }, options);
  return items.map(nodeFact);
}

function nodeFact({ metadata, spec, status }: V1Node): NodeFact {
  const holds = (type: string): boolean =>
    status?.conditions?.some((each) => each.type === type && each.status === 'True') ?? false;
  return {
    name: metadata?.name ?? '',
    ready: holds('Ready'),
    unschedulable: spec?.unschedulable ?? false,
    pressures: pressures.filter(holds),
    taints: (spec?.taints ?? [])
      .filter(({ effect }) => effect !== 'PreferNoSchedule')
      .map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`),
    labels: metadata?.labels ?? {},
    allocatable: status?.allocatable ?? {},
  };
}
