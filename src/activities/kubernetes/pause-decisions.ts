/** What to do about an autoscaler's settings: pure. */
import { sameSettings } from './scaler.ts';
import type { PauseRecord, Settings } from './scaler.ts';

interface Seen {
  readonly settings: Settings;
  readonly record: PauseRecord | undefined;
}

export interface PauseDecision {
  /** `leftAlone`: paused by this very release, and changed by somebody since. */
  readonly decision: 'write' | 'isPaused' | 'leftAlone';
  readonly record: PauseRecord;
}

/**
 * The record of an earlier pause holds the true settings, also of a release that died before it
 * could put them back. Found back at them, the pause was undone by whoever wrote the manifest
 * again, and is made again.
 */
export function decidePause({ settings, record }: Seen, pinned: Settings, key: string): PauseDecision {
  const holds = record !== undefined && sameSettings(settings, record.written);
  const next: PauseRecord = { key, recorded: holds ? record.recorded : settings, written: pinned };
  if (record === undefined) return { decision: 'write', record: next };
  if (holds) {
    const isPaused = record.key === key && sameSettings(settings, pinned);
    return { decision: isPaused ? 'isPaused' : 'write', record: next };
  }
  const isBack = sameSettings(settings, record.recorded);
  return record.key === key && !isBack
    ? { decision: 'leftAlone', record }
    : { decision: 'write', record: next };
}

export type RestoreDecision = 'restored' | 'alreadyThere' | 'leftAlone';

/** The record on the autoscaler knows of a later pin than the first one's answer. */
export function decideRestore(
  { settings, record }: Seen,
  { recorded, written }: Omit<PauseRecord, 'key'>,
): RestoreDecision {
  if (sameSettings(settings, recorded)) return 'alreadyThere';
  const isOurs =
    sameSettings(settings, written) || (record !== undefined && sameSettings(settings, record.written));
  return isOurs ? 'restored' : 'leftAlone';
}
