/** Alerts that fire for a service while a release is watched or verified, as Alertmanager knows them. */

/** Absent in a target: nobody is asked. */
export interface AlertsSpec {
  /** Base URL of Alertmanager, as the cluster's worker reaches it. */
  readonly alertmanager: string;
  /**
   * Matchers in Alertmanager's notation, all of which must match, for example `service="shop"`; with
   * `{{namespace}}`, `{{service}}` (the Kubernetes Service) and `{{deployment}}`.
   */
  readonly matchers: readonly string[];
}

export interface FiringAlert {
  /** `alertname`. */
  readonly name: string;
  readonly severity?: string;
  /** The annotation `summary`, else `description`; redacted, one line. */
  readonly summary?: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Alertmanager's own identity of it. */
  readonly fingerprint: string;
}

export type AlertsObservation =
  | { readonly state: 'seen'; readonly firing: readonly FiringAlert[] }
  | { readonly state: 'unknown'; readonly reason: string };
