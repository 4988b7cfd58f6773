/** How helm is told which chart to use. */
import type { HelmSpec } from '../../domain/target.ts';

/** A path, an `oci://` reference, or a name within a repository, with what narrows it down. */
export function chartArgs({ chart, repository, repositoryUser, version }: HelmSpec): readonly string[] {
  return [
    chart,
    ...(repository === undefined ? [] : ['--repo', repository]),
    ...(repositoryUser === undefined ? [] : ['--username', repositoryUser]),
    ...(version === undefined ? [] : ['--version', version]),
  ];
}
