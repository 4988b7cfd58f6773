/** What containers and nodes use, where the cluster has a metrics API: what `kubectl top` shows. */
import type { NodeUsageFact, UsageFact } from '../../domain/diagnosis-observation.ts';
import type { ClusterClients } from '../kubernetes/clients.ts';
import { statusOf } from '../kubernetes/failures.ts';
import type { Looker } from './looker.ts';

interface PodMetrics {
  readonly metadata?: { readonly name?: string };
  readonly containers?: readonly {
    readonly name?: string;
    readonly usage?: Amounts;
  }[];
}

interface NodeMetrics {
  readonly metadata?: { readonly name?: string };
  readonly usage?: Amounts;
}

/** Quantities as Kubernetes writes them. */
interface Amounts {
  readonly cpu?: string;
  readonly memory?: string;
}

/** Of the containers of these pods. */
export async function usage(
  { custom }: ClusterClients,
  namespace: string,
  labelSelector: string,
  { options }: Looker,
): Promise<readonly UsageFact[]> {
  const list = (await metricsOf(
    custom.listNamespacedCustomObject({ ...metricsApi, plural: 'pods', namespace, labelSelector }, options),
  )) as { readonly items?: readonly PodMetrics[] };
  return (list.items ?? []).flatMap(({ metadata, containers = [] }) =>
    containers.map(({ name = '', usage: used }) => ({
      pod: metadata?.name ?? '',
      container: name,
      ...amounts(used),
    })),
  );
}

/** Of all nodes. */
export async function nodeUsage(
  { custom }: ClusterClients,
  { options }: Looker,
): Promise<readonly NodeUsageFact[]> {
  const list = (await metricsOf(
    custom.listClusterCustomObject({ ...metricsApi, plural: 'nodes' }, options),
  )) as { readonly items?: readonly NodeMetrics[] };
  return (list.items ?? []).map(({ metadata, usage: used }) => ({
    node: metadata?.name ?? '',
    ...amounts(used),
  }));
}

const metricsApi = { group: 'metrics.k8s.io', version: 'v1beta1' };

async function metricsOf(list: Promise<unknown>): Promise<unknown> {
  try {
    return await list;
  } catch (error) {
    if (statusOf(error) === 404) throw new Error('the cluster has no metrics API (metrics.k8s.io)');
    if (statusOf(error) === 503) throw new Error('the metrics API (metrics.k8s.io) does not answer');
    throw error;
  }
}

function amounts({ cpu = '0', memory = '0' }: Amounts = {}): Required<Amounts> {
  return { cpu, memory };
}
