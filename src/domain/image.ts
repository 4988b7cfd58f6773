/**
 * Image references, by the grammar of the distribution project:
 * `[registry[:port]/]path[:tag][@algorithm:hex]`.
 */

export interface ImageReference {
  /** Registry host, with its port when written, for example `registry.example.com:5000`; absent for Docker Hub. */
  readonly registry?: string;
  /** Everything before tag and digest, registry included, for example `shop/server`. */
  readonly repository: string;
  readonly tag?: string;
  /** For example `sha256:…`. */
  readonly digest?: string;
}

export type ParsedImage =
  { readonly ok: true; readonly image: ImageReference } | { readonly ok: false; readonly reason: string };

const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
/** Hex digits of the digests whose length is fixed. */
const digestLength: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };
const hostPattern = /^(?:(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])(?:\.|(?=:|$)))+(?::\d+)?$/;
const ipv6HostPattern = /^\[[0-9a-fA-F:]+\](?::\d+)?$/;
const pathPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const maxRepositoryLength = 255;

export function parseImageReference(written: string): ParsedImage {
  const [named, digest, ...more] = written.split('@');
  if (named === undefined || named === '') return wrong(written, 'the repository is missing');
  if (more.length > 0) return wrong(written, 'there is more than one "@"');
  if (digest !== undefined && !isDigest(digest)) {
    return wrong(written, `"${digest}" is not a digest such as sha256:<64 hex digits>`);
  }

  const { repository, tag } = splitTag(named);
  if (tag !== undefined && !tagPattern.test(tag)) {
    return wrong(written, `the tag "${tag}" must be letters, digits, "_", "." and "-", at most 128`);
  }
  const { registry, path } = splitRegistry(repository);
  if (registry !== undefined && !hostPattern.test(registry) && !ipv6HostPattern.test(registry)) {
    return wrong(written, `"${registry}" is not a registry host`);
  }
  if (path.length > maxRepositoryLength)
    return wrong(written, 'the repository is longer than 255 characters');
  const part = path.split('/').find((candidate) => !pathPattern.test(candidate));
  if (part !== undefined) {
    return wrong(
      written,
      `"${part}" in the repository must be lower-case letters and digits, with ".", "_" or "-" between`,
    );
  }
  return {
    ok: true,
    image: {
      repository,
      ...(registry === undefined ? {} : { registry }),
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest }),
    },
  };
}

/** The tag of a reference; `undefined` when it has none or is not a reference. */
export function imageTag(written: string): string | undefined {
  const parsed = parseImageReference(written);
  return parsed.ok ? parsed.image.tag : undefined;
}

export function withTag(repository: string, version: string): string {
  return `${repository}:${version}`;
}

/** A colon after the last slash starts a tag; one before it belongs to the registry's port. */
function splitTag(named: string): { repository: string; tag?: string } {
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return colon === -1
    ? { repository: named }
    : { repository: named.slice(0, colon), tag: named.slice(colon + 1) };
}

/** The first part is a registry only when it cannot be a path: it has a dot, a port, capitals, or is localhost. */
function splitRegistry(repository: string): { registry?: string; path: string } {
  const slash = repository.indexOf('/');
  const first = repository.slice(0, Math.max(slash, 0));
  const isRegistry = slash > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  return isRegistry ? { registry: first, path: repository.slice(slash + 1) } : { path: repository };
}

function isDigest(candidate: string): boolean {
  if (!digestPattern.test(candidate)) return false;
  const [algorithm = '', hex = ''] = candidate.split(':');
  return hex.length === (digestLength[algorithm] ?? hex.length);
}

function wrong(written: string, why: string): ParsedImage {
  return { ok: false, reason: `"${written}" is not an image reference: ${why}` };
}
