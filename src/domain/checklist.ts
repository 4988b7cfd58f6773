/** The list that has to be complete before a release is announced. */

/**
 * How an item is known to be done. Where a system can tell, a person's word counts only while that
 * system does not answer, unless the item is `attestable`.
 */
export type ChecklistProof = PersonProof | SystemProof;

/** Somebody's `attest`. */
interface PersonProof {
  readonly by: 'person';
}

export type SystemProof = Attestable &
  (ReleaseNotesProof | ChangelogProof | ChecksProof | VerifiedInProof | OnCallProof);

interface Attestable {
  /** A person's word is taken even when the system says no. */
  readonly attestable?: boolean;
}

/** A release of this version, with notes, in the code hosting service. */
interface ReleaseNotesProof {
  readonly by: 'releaseNotes';
}

/** The file names this version at its tag. */
interface ChangelogProof {
  readonly by: 'changelog';
  readonly path: string;
}

/** Checks of the version's commit: those named, those whose name matches, or (neither) all of them. */
export interface ChecksProof {
  readonly by: 'checks';
  readonly names?: readonly string[];
  /** A regular expression, upper and lower case alike. */
  readonly matching?: string;
}

/** This version passed verification in another environment. */
interface VerifiedInProof {
  readonly by: 'verifiedIn';
  readonly environment: string;
}

/** Somebody is on call in this schedule. */
interface OnCallProof {
  readonly by: 'onCall';
  readonly schedule: string;
}

export interface ChecklistItem {
  /** As in `attest`, for example `securityScan`. */
  readonly name: string;
  /** What people read, for example `Security scan completed (no critical vulnerabilities)`. */
  readonly title: string;
  readonly need: 'required' | 'optional' | 'requiredForMajor';
  readonly proof: ChecklistProof;
}

/** An item that a system is asked about. */
export type SystemItem = ChecklistItem & { readonly proof: SystemProof };

/** What a system said of an item. */
export interface ChecklistSighting {
  readonly name: string;
  /** `unknown`: the system that could tell does not answer. */
  readonly state: 'done' | 'missing' | 'unknown';
  /** One line: what was seen, or what is missing. */
  readonly detail: string;
  /** What a person does about it, as a whole sentence without its full stop. */
  readonly remedy?: string;
  readonly link?: string;
}

/** A person's word that an item is done. */
export interface Attestation {
  /** Name of the item. */
  readonly item: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly link?: string;
}

/** How an item stands. */
export interface ChecklistFinding {
  readonly name: string;
  readonly title: string;
  /** `unknown`: the system that could tell does not answer. */
  readonly state: 'done' | 'missing' | 'unknown' | 'notNeeded';
  /** The release waits for it until it is done. */
  readonly required: boolean;
  /** Whether somebody's `attest` is taken for it as it stands now. */
  readonly attestable: boolean;
  /** One line: what was seen, or what is missing. */
  readonly detail: string;
  /** What a person does about it besides `attest`. */
  readonly remedy?: string;
  readonly link?: string;
  /** Who attested it; absent: a system told. */
  readonly by?: string;
}

/** Where the source of a service lives. */
export interface CodeRepository {
  readonly owner: string;
  readonly name: string;
  /** Tag of a version, with `{{version}}` where that stands, for example `v{{version}}`. */
  readonly tag: string;
}

export function isSystemItem(item: ChecklistItem): item is SystemItem {
  return item.proof.by !== 'person';
}

/** The tag of a version in a repository. */
export function tagOf(repository: CodeRepository, version: string): string {
  return repository.tag.replaceAll('{{version}}', version);
}
