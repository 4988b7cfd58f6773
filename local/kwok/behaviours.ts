/**
 * What a simulated pod does, chosen by the end of its image tag (`tensafe/server:4.1.1-crash`)
 * or by the pod annotation `stand-in.local/behaviour`, which may also be changed while it runs.
 */

/** What the kubelet makes of the container. */
export type Fate =
  | 'runs'
  /** Runs, and its readiness probe fails for ever. */
  | 'neverReady'
  /** Exits soon after each start: CrashLoopBackOff. */
  | 'crashes'
  | 'runsOutOfMemory'
  | 'imageNotFound'
  /** The registry does not answer: may pass by itself. */
  | 'registryTimesOut'
  | 'configMissing'
  /** Waits for ever, for the reason that its annotations give. */
  | 'waits';

export interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, string | boolean | readonly string[]>>;
}

export interface Behaviour {
  readonly fate: Fate;
  /** Replaces what a healthy server answers on these paths. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** Milliseconds until the container starts. */
  readonly startMs?: number;
  /** Version that the server claims, instead of its image's tag. */
  readonly claimsVersion?: string;
  /** Error lines in the log, written at start. */
  readonly errorLines?: number;
  /** Accepts connections and never answers. */
  readonly hangs?: boolean;
}

export const behaviours = {
  healthy: { fate: 'runs' },
  'slow-start': { fate: 'runs', startMs: 8_000 },

  unhealthy: { fate: 'runs', answers: { '/health': { status: 200, json: { status: 'unhealthy' } } } },
  'unhealthy-503': { fate: 'runs', answers: { '/health': { status: 503, json: { status: 'unhealthy' } } } },
  'not-ready': {
    fate: 'runs',
    answers: { '/ready': { status: 200, json: { ready: false, status: 'not ready' } } },
  },
  'db-disconnected': {
    fate: 'runs',
    answers: { '/health/db': { status: 200, json: { database: 'disconnected' } } },
  },
  'no-db-check': { fate: 'runs', answers: { '/health/db': { status: 404, json: { detail: 'Not Found' } } } },
  'api-down': {
    fate: 'runs',
    answers: { '/v1/training': { status: 500, json: { detail: 'Internal Server Error' } } },
  },
  'no-metrics': { fate: 'runs', answers: { '/metrics': { status: 404, json: { detail: 'Not Found' } } } },
  'wrong-version': { fate: 'runs', claimsVersion: '0.0.1' },
  noisy: { fate: 'runs', errorLines: 40 },
  hangs: { fate: 'runs', hangs: true },

  'never-ready': {
    fate: 'neverReady',
    answers: { '/ready': { status: 503, json: { ready: false, status: 'starting' } } },
  },
  /** Runs, and neither its probe nor anybody else gets an answer. */
  stuck: { fate: 'neverReady', hangs: true },
  crash: { fate: 'crashes', errorLines: 1 },
  oom: { fate: 'runsOutOfMemory' },
  'no-image': { fate: 'imageNotFound' },
  'registry-timeout': { fate: 'registryTimesOut' },
  'bad-config': { fate: 'configMissing' },
  waits: { fate: 'waits' },
} as const satisfies Readonly<Record<string, Behaviour>>;

export type BehaviourName = keyof typeof behaviours;

export const behaviourNames = Object.keys(behaviours) as BehaviourName[];

/** The longest name that ends the tag after a dash: `4.1.1-unhealthy-503` → `unhealthy-503`. */
export function behaviourOfTag(tag: string): BehaviourName {
  const matching = behaviourNames.filter((name) => tag.endsWith(`-${name}`));
  return matching.sort((a, b) => b.length - a.length)[0] ?? 'healthy';
}

export function isBehaviourName(name: string | undefined): name is BehaviourName {
  return name !== undefined && Object.hasOwn(behaviours, name);
}

/** Names of the behaviours with one of these fates. */
export function behavioursWithFate(...fates: readonly Fate[]): BehaviourName[] {
  return behaviourNames.filter((name) => fates.includes(behaviours[name].fate));
}

/** Tag of an image reference; a reference without one means `latest`. */
export function tagOf(image: string): string {
  const [withoutDigest = ''] = image.split('@');
  const lastPart = withoutDigest.slice(withoutDigest.lastIndexOf('/') + 1);
  return lastPart.includes(':') ? lastPart.slice(lastPart.indexOf(':') + 1) : 'latest';
}
