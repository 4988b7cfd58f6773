/** Whether somebody else than the release set a Deployment's number of pods: the API server keeps who wrote it. */
import type { V1Deployment } from '@kubernetes/client-node';
import { fieldManager } from './deployment.ts';
import type { ShiftTrafficInput } from './types.ts';

export interface Scaling {
  readonly replicas: number;
  /** Field manager, for example `kubectl`. */
  readonly by: string;
}

/**
 * A number that neither the release left there nor wants there. Helm writes its chart's own number with each
 * upgrade, and an autoscaler the one it is held at: these are not people.
 */
export function scaledByOther(
  deployment: V1Deployment,
  { target, from, to, withdraw, autoscalerKey }: ShiftTrafficInput,
): Scaling | undefined {
  const replicas = deployment.spec?.replicas ?? 1;
  const isKnown = replicas === to.stable || replicas === from?.stable;
  if (isKnown || (from === undefined && withdraw === undefined)) return undefined;
  const known = [
    fieldManager,
    ...(target.service.helm === undefined ? [] : ['helm']),
    ...(autoscalerKey === undefined ? [] : ['kube-controller-manager']),
  ];
  const managers = managersOfReplicas(deployment);
  const [by] = managers;
  return by === undefined || managers.some((each) => known.includes(each)) ? undefined : { replicas, by };
}

function managersOfReplicas({ metadata }: V1Deployment): readonly string[] {
  return (metadata?.managedFields ?? []).flatMap(({ manager, fieldsV1 }) => {
    const spec = (fieldsV1 as { readonly 'f:spec'?: object } | undefined)?.['f:spec'] ?? {};
    return manager !== undefined && 'f:replicas' in spec ? [manager] : [];
  });
}
