import type { V1EndpointSlice } from '@kubernetes/client-node';
import type { ClusterClients } from './clients.ts';
import { startReflector, type Reflector } from './reflector.ts';

export interface ServiceSlicesOptions {
  readonly clients: ClusterClients;
  readonly namespace: string;
  /** Name of the Service. */
  readonly service: string;
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

/** The EndpointSlices of a Service, kept current by a watch. */
export function startServiceSlices({
  clients,
  namespace,
  service,
  onChange,
  signal,
}: ServiceSlicesOptions): Reflector<V1EndpointSlice> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  return startReflector<V1EndpointSlice>({
    watch: clients.watch,
    path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    selector: { labelSelector },
    list: () => clients.discovery.listNamespacedEndpointSlice({ namespace, labelSelector }),
    onChange,
    signal,
  });
}
