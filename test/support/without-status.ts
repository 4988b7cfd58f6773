import type { V1ObjectMeta } from '@kubernetes/client-node';

export interface Stored {
  readonly metadata?: V1ObjectMeta;
  readonly spec?: unknown;
}

/**
 * What people and tools write of an object, and who wrote which field, and when. Controllers write a status
 * whenever they like, and move the resource version with it: a test that nothing was written compares this.
 */
export function withoutStatus({ metadata = {}, spec }: Stored): object {
  const { resourceVersion: _moves, managedFields = [], ...others } = metadata;
  return {
    ...others,
    spec,
    managedFields: managedFields.filter(({ subresource }) => subresource !== 'status'),
  };
}
