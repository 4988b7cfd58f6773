import type { Target } from '../domain/target.ts';

/** The same target seen through another Deployment: a track's pods are waited for and checked like any others. */
export function ofDeployment(target: Target, deployment: string): Target {
  return { ...target, service: { ...target.service, deployment } };
}
