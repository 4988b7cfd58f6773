import type { V1Deployment, V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import type { ServiceFact } from '../../domain/diagnosis-observation.ts';
import { selectorWords, templateHashKey, withoutPin, type Selector } from '../../domain/service-selector.ts';
import type { ClusterClients } from '../kubernetes/clients.ts';
import { unlessMissing } from '../kubernetes/unless-missing.ts';
import type { Looker } from './looker.ts';

/** Whether requests to the Service would reach pods of this Deployment. */
export async function serviceFact(
  { core, discovery }: ClusterClients,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  deployment: V1Deployment | undefined,
  { options }: Looker,
): Promise<ServiceFact> {
  const service = await unlessMissing(() => core.readNamespacedService({ name, namespace }, options));
  if (service === undefined)
    return {
      name,
      exists: false,
      selector: '',
      selectsPods: false,
      readyEndpoints: 0,
      unknownTargetPorts: [],
    };
  const labelSelector = `kubernetes.io/service-name=${name}`;
  const slices = await discovery.listNamespacedEndpointSlice({ namespace, labelSelector }, options);
  const selector = service.spec?.selector ?? {};
  const selectsPods =
    deployment === undefined ||
    (selectsTemplate(selector, deployment) && (await pinHolds(core, namespace, selector, options)));
  return {
    name,
    exists: true,
    selector: selectorWords(selector),
    selectsPods,
    readyEndpoints: readyAddresses(slices.items),
    unknownTargetPorts: deployment === undefined ? [] : unknownTargetPorts(service, deployment),
  };
}

function selectsTemplate(selector: Selector, { spec }: V1Deployment): boolean {
  const labels = spec?.template.metadata?.labels ?? {};
  const lasting = Object.entries(withoutPin(selector));
  return lasting.length > 0 && lasting.every(([key, value]) => labels[key] === value);
}

/** No template holds the label that a release pins the Service to: whether pods do, they say themselves. */
async function pinHolds(
  core: ClusterClients['core'],
  namespace: string,
  selector: Selector,
  options: Looker['options'],
): Promise<boolean> {
  if (selector[templateHashKey] === undefined) return true;
  const { items } = await core.listNamespacedPod(
    { namespace, labelSelector: selectorWords(selector) },
    options,
  );
  return items.some(({ metadata }) => metadata?.deletionTimestamp === undefined);
}

/** Each once, whatever slices it is in. */
function readyAddresses(slices: readonly V1EndpointSlice[]): number {
  const ready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true)
    .map(({ targetRef, addresses }) => targetRef?.uid ?? addresses.join(','));
  return new Set(ready).size;
}

/** By name alone: a container may listen on ports whose numbers it does not declare. */
function unknownTargetPorts({ spec }: V1Service, deployment: V1Deployment): readonly string[] {
  const pod = deployment.spec?.template.spec;
  const names = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].flatMap(({ ports = [] }) =>
    ports.flatMap((port) => port.name ?? []),
  );
  return (spec?.ports ?? []).flatMap(({ port, targetPort }) =>
    typeof targetPort === 'string' && !names.includes(targetPort) ? [`${port} → ${targetPort}`] : [],
  );
}
