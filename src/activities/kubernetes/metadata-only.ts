import { setHeaderOptions } from '@kubernetes/client-node';
import type { ConfigurationOptions } from '@kubernetes/client-node';

/** Asks the server for names, labels and annotations alone: no value of a Secret is ever sent. */
export function metadataOnly(of: 'object' | 'list', base?: ConfigurationOptions): ConfigurationOptions {
  const kind = of === 'object' ? 'PartialObjectMetadata' : 'PartialObjectMetadataList';
  return setHeaderOptions('Accept', `application/json;as=${kind};g=meta.k8s.io;v=v1`, base);
}
