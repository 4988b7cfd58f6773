/** How a service's canary and blue/green deployments go: from `fairway.yaml`, overridden per release. */

export interface CanaryOptions {
  /** In order, rising weights; the last one is 100. */
  readonly steps: readonly CanaryStep[];
}

export interface CanaryStep {
  /** Percent of the traffic, as the share of pods. */
  readonly weight: number;
  /** Seconds of monitoring once the weight is reached. */
  readonly bakeSeconds: number;
  /** A person must `promote` before the next step begins. */
  readonly gate: boolean;
}

export interface BlueGreenOptions {
  readonly smokeTests: readonly SmokeTest[];
  /** A person must `promote` before the Service is switched. */
  readonly gate: boolean;
  /** Seconds of monitoring after the switch. */
  readonly monitorSeconds: number;
  /** Seconds that the old pods stay after the Service has left them; kube-proxy needs about 30. */
  readonly keepSeconds: number;
}

/** What is run against green before it gets traffic; the service's HTTP checks always are. */
export type SmokeTest =
  | {
      readonly kind: 'command';
      readonly name: string;
      /** Program and arguments; never through a shell. */
      readonly command: readonly string[];
      /** Environment variable that gets the base URL of a forwarded port, for example `SHOP_BASE_URL`. */
      readonly baseUrlVariable: string;
      /** Port of the pod that is forwarded. */
      readonly port: number;
      readonly timeoutSeconds: number;
    }
  | {
      readonly kind: 'job';
      readonly name: string;
      readonly image: string;
      readonly command: readonly string[];
      /** Environment variable that gets the base URL of one green pod's address. */
      readonly baseUrlVariable: string;
      readonly port: number;
      readonly timeoutSeconds: number;
    };
