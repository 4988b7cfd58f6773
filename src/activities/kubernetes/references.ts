/** Secrets and ConfigMaps without which a pod of this template would not start. */
import type { V1Container, V1PodSpec, V1Volume } from '@kubernetes/client-node';

export interface References {
  readonly secrets: readonly string[];
  readonly configMaps: readonly string[];
}

interface Reference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string | undefined;
  readonly optional?: boolean | undefined;
}

/** Names, sorted, each once; what is marked `optional` is left out. */
export function referencesOf(spec: V1PodSpec): References {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const all = [
    ...containers.flatMap(ofContainer),
    ...(spec.volumes ?? []).flatMap(ofVolume),
    ...(spec.imagePullSecrets ?? []).map(({ name }) => secret({ name })),
  ];
  const names = (kind: Reference['kind']): readonly string[] =>
    [
      ...new Set(
        all.flatMap((each) => (each.kind === kind && each.optional !== true && each.name ? [each.name] : [])),
      ),
    ].sort();
  return { secrets: names('Secret'), configMaps: names('ConfigMap') };
}

function ofContainer({ env = [], envFrom = [] }: V1Container): readonly Reference[] {
  return [
    ...envFrom.flatMap(({ secretRef, configMapRef }) => [secret(secretRef), configMap(configMapRef)]),
    ...env.flatMap(({ valueFrom }) => [
      secret(valueFrom?.secretKeyRef),
      configMap(valueFrom?.configMapKeyRef),
    ]),
  ];
}

function ofVolume(volume: V1Volume): readonly Reference[] {
  return [
    secret({ name: volume.secret?.secretName, optional: volume.secret?.optional }),
    configMap(volume.configMap),
    secret(volume.csi?.nodePublishSecretRef),
    ...(volume.projected?.sources ?? []).flatMap((source) => [
      secret(source.secret),
      configMap(source.configMap),
    ]),
  ];
}

type Named = { name?: string | undefined; optional?: boolean | undefined } | undefined;

function secret(reference: Named): Reference {
  return { kind: 'Secret', name: reference?.name, optional: reference?.optional };
}

function configMap(reference: Named): Reference {
  return { kind: 'ConfigMap', name: reference?.name, optional: reference?.optional };
}
