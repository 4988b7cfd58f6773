/** Versions as people type them. */

/** The grammar of an image tag (OCI distribution specification), which a version must fit. */
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** `v4.1.0` and `4.1.0` are the same version; the leading `v` is dropped before a digit. */
export function normaliseVersion(written: string): string {
  const trimmed = written.trim();
  return /^[vV](?=\d)/.test(trimmed) ? trimmed.slice(1) : trimmed;
}

export function isVersion(candidate: string): boolean {
  return tagPattern.test(candidate);
}

/** For people: `v4.1.0`; what is not a number (`nightly`) stays as it is. */
export function displayVersion(version: string): string {
  return /^\d/.test(version) ? `v${version}` : version;
}
