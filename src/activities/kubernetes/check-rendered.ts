/** What an upgrade by Helm would write, held against what the release expects of it. */
import type { ObservedHelmRelease, Problem } from '../../domain/observation.ts';
import type { RenderedUpgrade } from '../helm/types.ts';
import type { HelmFacts } from './check-helm.ts';

export function checkRendered(
  { deployment }: RenderedUpgrade,
  release: ObservedHelmRelease | undefined,
  facts: HelmFacts,
): readonly Problem[] {
  const { target, image } = facts;
  const { service } = target;
  if (deployment?.image === undefined) {
    return [
      {
        rule: 'chart-without-deployment',
        message: `the chart ${service.helm?.chart ?? ''} makes no Deployment ${service.deployment} with a container ${service.container}: helm upgrade would not bring the new version to it`,
        remedy: `correct "deployment" and "container" of service ${service.name} in fairway.yaml, or its chart; or use "update": "image"`,
      },
    ];
  }
  return [
    ...(deployment.image === image ? [] : [otherImage(deployment.image, image ?? '', target)]),
    ...replicasDrift(deployment.replicas, release?.manifestReplicas, facts),
  ];
}

/** The rollout would be waited for with another image than helm brings, and the undo would take it for somebody else's. */
function otherImage(rendered: string, expected: string, { service }: HelmFacts['target']): Problem {
  return {
    rule: 'chart-image-differs',
    message: `helm upgrade ${service.helm?.release ?? ''} would run ${rendered}, and this release is to bring ${expected}`,
    remedy: `make the two the same: "image" of service ${service.name} in fairway.yaml is ${service.image}, and the chart's values and its template make ${rendered} of the tag; correct the one that is wrong, or release with "update": "image"`,
  };
}

/** `helm upgrade` writes the chart's replicas in the middle of a release, whoever changed them since. */
function replicasDrift(
  rendered: number | undefined,
  recorded: number | undefined,
  { target: { service }, liveReplicas: live }: HelmFacts,
): readonly Problem[] {
  // Where a chart sets them no more, helm takes the field away, and Kubernetes puts 1 there.
  const written = rendered ?? (recorded === undefined ? undefined : 1);
  if (live === undefined || written === undefined || written === live) return [];
  // More pods than nobody has touched are the new chart's wish.
  if (recorded === live && written > live) return [];
  const upgrade = `helm upgrade ${service.helm?.release ?? ''}`;
  return [
    {
      rule: 'helm-replicas-drift',
      message:
        rendered === undefined
          ? `the Deployment has ${live} replicas, the Helm release set ${recorded ?? ''}, and its chart sets none any more: ${upgrade} would leave 1, until an autoscaler raises it again`
          : `${upgrade} would set ${rendered} replicas and the Deployment has ${live}: a person or an autoscaler scaled it, or the chart's values changed`,
      remedy:
        rendered === undefined
          ? `take that change apart from a release, at a quiet hour: ${upgrade} by hand, and kubectl scale right after it; or release with "update": "image"`
          : `where an autoscaler counts the pods, let the chart leave "replicas" out; else bring them together first (kubectl scale, or ${live} in the release's values), or release with "update": "image"`,
    },
  ];
}
