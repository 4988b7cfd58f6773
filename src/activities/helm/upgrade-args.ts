/** The arguments of `helm upgrade`, the same for the real one and for its rehearsal. */
import type { HelmRelease } from './helm-release.ts';
import { chartArgs } from './chart.ts';
import { setImageTagArgs } from './image-tag.ts';

/**
 * Every value that was given to the release is kept, and the tag is set. `--reset-then-reuse-values`
 * rather than `--reuse-values`: both keep them, but the latter also keeps the old chart's defaults
 * in place of the new chart's, so a chart that gained a value does not render, or silently differs
 * from what it says. While the chart stays the same the two are the same.
 */
export function upgradeArgs({ spec }: Pick<HelmRelease, 'spec'>, tag: string): readonly string[] {
  return [
    'upgrade',
    spec.release,
    ...chartArgs(spec),
    '--reset-then-reuse-values',
    ...setImageTagArgs(spec.imageTagValue, tag),
  ];
}
