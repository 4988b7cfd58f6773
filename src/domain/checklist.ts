/** The list that has to be complete before a release is announced. */

/** How an item is known to be done. `person`: somebody's `attest`. */
export type ChecklistProof =
  | { readonly by: 'person' }
  /** A release of this version, with notes, in the code hosting service. */
  | { readonly by: 'releaseNotes' }
  /** The changelog file names this version at its tag. */
  | { readonly by: 'changelog'; readonly path: string }
  /** Checks of the version's commit; all of them, or those named. */
  | { readonly by: 'checks'; readonly names?: readonly string[] }
  /** This version passed verification in another environment. */
  | { readonly by: 'verifiedIn'; readonly environment: string }
  /** Somebody is on call. */
  | { readonly by: 'onCall'; readonly schedule: string };

export interface ChecklistItem {
  /** As in `attest`, for example `securityScan`. */
  readonly name: string;
  /** What people read, for example `Security scan completed (no critical vulnerabilities)`. */
  readonly title: string;
  readonly need: 'required' | 'optional' | 'requiredForMajor';
  readonly proof: ChecklistProof;
}

export interface ChecklistFinding {
  readonly name: string;
  /** `unknown`: the system that could tell does not answer. */
  readonly state: 'done' | 'missing' | 'unknown' | 'notNeeded';
  /** One line: what was seen, or what is missing. */
  readonly detail: string;
  readonly link?: string;
  /** Who attested it; absent: a system told. */
  readonly by?: string;
}
