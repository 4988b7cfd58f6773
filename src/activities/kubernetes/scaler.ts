/** What moves a Deployment's replicas (an HPA, or KEDA's ScaledObject), seen as settings that can be pinned. */
import { pauseAnnotation } from '../../domain/autoscaler-pause.ts';
import type { AutoscalerPause } from '../../domain/observation.ts';
import type { PausedAutoscaler } from './types.ts';

/** `null`: the field or annotation is not there. */
export type Settings = Readonly<Record<string, string | number | null>>;

export interface Scaler {
  readonly kind: PausedAutoscaler['kind'];
  readonly name: string;
  /** As they are now. */
  readonly settings: Settings;
  /** What a pause left on it. */
  readonly record: PauseRecord | undefined;
  /** Settings that keep the Deployment at this many pods. */
  pinned(replicas: number): Settings;
  /** One patch, refused (409) when somebody wrote since the read; `null` removes the record. */
  write(settings: Settings, record: PauseRecord | null): Promise<void>;
}

/** Kept on the autoscaler itself: a pause whose answer was lost, or whose release died, can still be undone. */
export interface PauseRecord {
  readonly key: string;
  readonly recorded: Settings;
  readonly written: Settings;
}

interface Annotated {
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One that cannot be read counts as none: somebody wrote into it. */
export function recordOf({ annotations = {} }: Annotated = {}): PauseRecord | undefined {
  try {
    const value: unknown = JSON.parse(annotations[pauseAnnotation] ?? 'null');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function recordPatch(record: PauseRecord | null): Readonly<Record<string, string | null>> {
  return { [pauseAnnotation]: record === null ? null : JSON.stringify(record) };
}

/** As an observation tells it. A record with settings that are not its own any more holds nothing. */
export function pauseOf({ settings, record }: Pick<Scaler, 'settings' | 'record'>): AutoscalerPause {
  return record !== undefined && sameSettings(settings, record.written)
    ? { settings: record.recorded, heldBy: record.key }
    : { settings };
}

/** A setting that is not named is not there. */
export function sameSettings(left: Settings, right: Settings): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => (left[name] ?? null) === (right[name] ?? null));
}

function isRecord(value: unknown): value is PauseRecord {
  const { key, recorded, written } = (value ?? {}) as Partial<Record<keyof PauseRecord, unknown>>;
  return typeof key === 'string' && isObject(recorded) && isObject(written);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
