/** What a target's pods really run, where all of them tell the same. */
import { isActive, type ObservedPod } from './check-observation.ts';
import { parseImageReference } from './image.ts';
import { isSameImage } from './same-image.ts';

export interface RanImage {
  /** As the Deployment, or whoever asked, writes it. */
  readonly image: string;
  /** `sha256:…`, by which the registry knows it; absent when a pod tells none, or another one. */
  readonly digest?: string;
}

/** `undefined` when not every pod runs `expected`. */
export function ranImage(
  pods: readonly ObservedPod[],
  container: string,
  expected: string,
): RanImage | undefined {
  const containers = pods
    .filter(isActive)
    .map((pod) => pod.containers.find(({ name }) => name === container));
  const all =
    containers.length > 0 &&
    containers.every((each) => each !== undefined && isSameImage(each.image, expected));
  if (!all) return undefined;
  const [digest, ...others] = new Set(containers.map((each) => registryDigest(each?.imageId)));
  return { image: expected, ...(digest === undefined || others.length > 0 ? {} : { digest }) };
}

/** `sha256:…` of a pod's image ID. One without a repository is the machine's own, and another machine's differs. */
export function registryDigest(imageId: string | undefined): string | undefined {
  if (imageId === undefined) return undefined;
  const parsed = parseImageReference(imageId.replace(/^[a-z-]+:\/\//, ''));
  return parsed.ok ? parsed.image.digest : undefined;
}
