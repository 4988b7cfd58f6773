/** Whether two references, as pods and people write them, name the same image. */
import { parseImageReference } from './image.ts';

/** A digest decides alone: the tag beside it is only a note. */
export function isSameImage(one: string, other: string): boolean {
  const a = canonical(one);
  const b = canonical(other);
  if (a === undefined || b === undefined) return one === other;
  return (
    a.repository === b.repository && a.digest === b.digest && (a.digest !== undefined || a.tag === b.tag)
  );
}

/** Fills in what the container runtime would: Docker Hub, its `library/`, and `latest`. */
function canonical(written: string) {
  const parsed = parseImageReference(written);
  if (!parsed.ok) return undefined;
  const { registry, repository, tag, digest } = parsed.image;
  const onHub = registry === undefined || registry === 'docker.io' || registry === 'index.docker.io';
  const path = registry === undefined ? repository : repository.slice(registry.length + 1);
  const hubPath = path.includes('/') ? path : `library/${path}`;
  return { repository: onHub ? `docker.io/${hubPath}` : repository, tag: tag ?? 'latest', digest };
}
