/** How helm is told which chart to use. */
import type { HelmSpec } from '../../domain/target.ts';

/**
 * Positional chart reference with its options: a path, an `oci://` reference, or a name within a
 * repository. `--` ends no options in helm, but a reference never starts with a dash: the
 * configuration admits paths, URLs and names only.
 */
export function chartArgs({ chart, repository, version }: HelmSpec): readonly string[] {
  return [
    chart,
    ...(repository === undefined ? [] : ['--repo', repository]),
    ...(version === undefined ? [] : ['--version', version]),
  ];
}
