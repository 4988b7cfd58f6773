/** A person lets a release go although its windows are closed. */
import { normaliseIdentity } from './identity.ts';
import type { PersonMessage } from './person-message.ts';
import type { Decision } from './status.ts';
import type { WindowPolicy, WindowState } from './window.ts';

type Closed = Extract<WindowState, { open: false }>;

export type OverrideDecision =
  | { readonly allowed: true; /** How it is recorded. */ readonly recordAs: string }
  | { readonly allowed: false; readonly because: string };

export function judgeOverride(
  { by, what }: PersonMessage,
  { override }: WindowPolicy,
  closed: Closed,
): OverrideDecision {
  const no = (because: string): OverrideDecision => ({ allowed: false, because });
  if (what !== 'window') return no('what holds the release up is a window: say "what": "window"');
  if (override.people.length === 0) return no('nobody may override the windows of this environment');
  if (!override.people.includes(normaliseIdentity(by)))
    return no(`${by} is not among those who may: ${override.people.join(', ')}`);
  return { allowed: true, recordAs: recordOf(closed.because) };
}

/** What somebody let it through already holds it up no more; another rule does. */
export function isOverridden(decisions: readonly Decision[] | undefined, closed: Closed): boolean {
  return decisions?.some(({ what }) => what === recordOf(closed.because)) === true;
}

function recordOf(because: string): string {
  return `override of ${because}`;
}
