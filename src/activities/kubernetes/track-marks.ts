/** How a release's own Deployment is told from everybody else's. */
import type { Track } from '../../domain/track.ts';
import { trackLabel } from '../../domain/track.ts';

export const managedByLabel = 'app.kubernetes.io/managed-by';
const keyAnnotation = 'fairway.dev/key';

export interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export function trackMarks(track: Track, key: string): Marks {
  return {
    labels: { [managedByLabel]: 'fairway', [trackLabel]: track },
    annotations: { [keyAnnotation]: key },
  };
}

interface Marked {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** The key that it was made with; `undefined` when it does not carry all of Fairway's marks. */
export function trackKey({ metadata }: Marked, track: Track): string | undefined {
  const { labels = {}, annotations = {} } = metadata ?? {};
  const isMarked = labels[managedByLabel] === 'fairway' && labels[trackLabel] === track;
  return isMarked ? annotations[keyAnnotation] : undefined;
}
