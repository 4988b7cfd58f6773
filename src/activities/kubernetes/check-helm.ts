import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import { imageTag } from '../../domain/image.ts';
import type { ObservedHelmRelease, Problem } from '../../domain/observation.ts';
import type { HelmSpec, Target } from '../../domain/target.ts';
import type { HelmReader, ManifestKind } from '../helm/types.ts';
import { checkRendered } from './check-rendered.ts';

export interface HelmFacts {
  readonly target: Target;
  /** Image that the release will run; absent for a rollback. */
  readonly image?: string;
  /** Image of the container in the cluster; absent when it could not be read. */
  readonly liveImage?: string;
  /** What the Deployment asks for; absent when it could not be read. */
  readonly liveReplicas?: number;
  readonly now: Date;
}

export interface HelmCheck {
  readonly problems: readonly Problem[];
  readonly release?: ObservedHelmRelease;
  /** What the upgrade writes objects of; absent when nothing is upgraded, or does not render. */
  readonly kinds?: readonly ManifestKind[];
}

/** Looks at the Helm release and rehearses the upgrade. Throws only `ClusterUnreachable`. */
export async function checkHelm(helm: HelmReader, facts: HelmFacts): Promise<HelmCheck> {
  const { target, image } = facts;
  const spec = target.service.helm;
  if (spec === undefined) return { problems: [] };
  try {
    const release = await helm.observeRelease(target);
    const problems = [...checkRelease(spec, release, facts)];
    const tag = image === undefined ? undefined : imageTag(image);
    if (target.service.update === 'helm' && problems.length === 0 && tag !== undefined) {
      const rendered = await helm.renderUpgrade(target, tag);
      if (rendered.ok) {
        return {
          problems: checkRendered(rendered, release, facts),
          kinds: rendered.kinds,
          ...(release === undefined ? {} : { release }),
        };
      }
      problems.push({
        rule: 'chart-does-not-render',
        message: `helm upgrade ${spec.release} would fail: ${rendered.error}`,
        remedy: `correct the chart ${spec.chart} or the release's values`,
      });
    }
    return { problems, ...(release === undefined ? {} : { release }) };
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type === failureTypes.clusterUnreachable) throw error;
    const problem = {
      rule: 'helm-unusable',
      message: error.message,
      remedy: 'make helm work for this worker',
    };
    return { problems: [problem] };
  }
}

function checkRelease(
  spec: HelmSpec,
  release: ObservedHelmRelease | undefined,
  { target, liveImage, now }: HelmFacts,
): readonly Problem[] {
  const { namespace } = target.environment;
  const byHelm = target.service.update === 'helm';
  if (release === undefined || release.status === 'uninstalled' || release.status === 'uninstalling') {
    if (!byHelm && release === undefined) return [];
    return [
      {
        rule: 'helm-release-missing',
        message: `there is no Helm release ${spec.release} in namespace ${namespace}${release === undefined ? '' : ` (${release.status})`}`,
        remedy:
          'install it by helm install first, correct "release" in fairway.yaml, or use "update": "image"; Fairway looks in Secrets, where helm keeps its records unless HELM_DRIVER says otherwise',
      },
    ];
  }
  const ageSeconds = (now.getTime() - Date.parse(release.updatedAt)) / 1000;
  if (release.status.startsWith('pending-') && ageSeconds < target.service.timeouts.helmSeconds) {
    return [
      {
        rule: 'helm-in-progress',
        message: `Helm release ${spec.release} is ${release.status} since ${release.updatedAt} (revision ${release.revision}): another helm may be at work`,
        remedy: `wait until it ends; after ${target.service.timeouts.helmSeconds} s it counts as crashed and is recovered`,
      },
    ];
  }
  // After a release by image Helm's record is behind by design; only an upgrade by Helm rests on it.
  return byHelm ? imageDrift(spec, release, { namespace, liveImage }) : [];
}

function imageDrift(
  spec: HelmSpec,
  { manifestImage }: ObservedHelmRelease,
  { namespace, liveImage }: { readonly namespace: string; readonly liveImage: string | undefined },
): readonly Problem[] {
  if (liveImage === undefined || manifestImage === undefined || manifestImage === liveImage) return [];
  return [
    {
      rule: 'helm-drift',
      message: `Helm release ${spec.release} records ${manifestImage} and the cluster runs ${liveImage}: somebody changed the Deployment past Helm, and a rollback by Helm would not return to what runs now`,
      remedy: `bring them together first: helm upgrade ${spec.release} … --reuse-values --set-string ${spec.imageTagValue}=${imageTag(liveImage) ?? '<tag that runs>'} -n ${namespace}, or set the recorded image with kubectl set image`,
    },
  ];
}
