/** When releases may go. Which windows there are is the worker's to know: see activities/windows. */
import type { Permission } from './permission.ts';

export interface WindowPolicy {
  /** What a release does that comes outside of a window. */
  readonly outside: 'wait' | 'refuse';
  /** Who may let a release go all the same, with a reason. */
  readonly override: Permission;
}

/** How things stand at one instant. Times are ISO 8601 (UTC). */
export type WindowState =
  | { readonly open: true; /** Absent: not in sight. */ readonly closesAt?: string }
  | {
      readonly open: false;
      /** The rule, in words for people, for example `freeze "year end" until 2 January`. */
      readonly because: string;
      /** Absent: not in sight. */
      readonly opensAt?: string;
    };
