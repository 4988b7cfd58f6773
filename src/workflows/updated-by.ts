import type { Target, UpdateMethod } from '../domain/target.ts';

/** The request may choose another way than the service's own. */
export function updatedBy(target: Target, update: UpdateMethod | undefined): Target {
  return update === undefined ? target : { ...target, service: { ...target.service, update } };
}
