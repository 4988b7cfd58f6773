/** Whether the pods run the very image that another environment verified: a tag may have been moved since. */
import type { CheckResult, Evidence } from './check.ts';
import { isActive, type ObservedPod } from './check-observation.ts';
import { checkResult, noPodsResult } from './check-result.ts';
import type { PromotedImage } from './promotion.ts';
import { registryDigest } from './ran-image.ts';
import { versionOf } from './version-of.ts';

interface PromotedObservation {
  readonly pods: readonly ObservedPod[];
  /** Name of the container that carries the version. */
  readonly container: string;
  /** Image reference that the pods should run. */
  readonly image: string;
  /** Name of the environment that they run in. */
  readonly environment: string;
}

/** Digests as people compare them: the beginning is enough. */
const shownDigest = 19;

export function judgePromoted(promoted: PromotedImage, seen: PromotedObservation): CheckResult {
  const { from, release, digest } = promoted;
  const spec = { name: `same image as in ${from}`, severity: 'required' } as const;
  const active = seen.pods.filter(isActive);
  if (active.length === 0) return noPodsResult(spec);
  const told = active.map((pod) => ({ pod: pod.name, digest: digestOf(pod, seen.container) }));
  const evidence = told.map((each): Evidence => ({
    subject: each.pod,
    detail: each.digest ?? 'tells no digest',
  }));
  const [other] = told.flatMap((each) =>
    each.digest === undefined || each.digest === digest ? [] : [each.digest],
  );
  if (other !== undefined) {
    return checkResult(spec, {
      verdict: 'fail',
      reason: 'mismatch',
      summary:
        `${versionOf(seen.image)} in ${seen.environment} is another image (${short(other)}) than the one ` +
        `verified in ${from} (${short(digest)}, ${release}): its tag was moved, or the registries differ`,
      against: evidence,
      evidence: [],
    });
  }
  const silent = told.filter((each) => each.digest === undefined).length;
  if (silent > 0) {
    return checkResult(spec, {
      verdict: 'inconclusive',
      reason: 'unsupported',
      summary: `${silent}/${told.length} pods tell no digest of a registry to compare with ${short(digest)} from ${from}`,
      against: evidence,
      evidence: [],
    });
  }
  const summary = `${told.length}/${told.length} pods run ${short(digest)}, as verified by ${release}`;
  return checkResult(spec, { verdict: 'pass', summary, evidence });
}

function digestOf(pod: ObservedPod, container: string): string | undefined {
  return registryDigest(pod.containers.find(({ name }) => name === container)?.imageId);
}

function short(digest: string): string {
  return `${digest.slice(0, shownDigest)}…`;
}
