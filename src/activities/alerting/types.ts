/** Asks which of a target's alerts fire. Used by activities of the environment's task queue; changes nothing. */
import type { AlertsObservation, AlertsSpec } from '../../domain/alerts.ts';
import type { Target } from '../../domain/target.ts';

/** What goes wrong is in the answer; rejects only when the signal aborts. */
export type ReadAlerts = (
  spec: AlertsSpec,
  target: Target,
  signal: AbortSignal,
) => Promise<AlertsObservation>;
