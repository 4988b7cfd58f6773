import type { V1Deployment } from '@kubernetes/client-node';

/** As counts of pods. */
export interface RollingUpdate {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** As the Deployment controller counts: surge rounded up, unavailable down, and never both nothing. */
export function rollingUpdate({ spec }: V1Deployment, desired: number): RollingUpdate {
  if (spec?.strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: desired };
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec?.strategy?.rollingUpdate ?? {};
  const surge = Math.ceil(absolute(maxSurge, desired));
  const unavailable = Math.floor(absolute(maxUnavailable, desired));
  return { maxSurge: surge, maxUnavailable: unavailable === 0 && surge === 0 ? 1 : unavailable };
}

function absolute(value: number | string, of: number): number {
  return typeof value === 'number' ? value : (Number.parseFloat(value) * of) / 100;
}
