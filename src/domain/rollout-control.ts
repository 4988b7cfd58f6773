/** Manual control of a rollout in steps: what a person's message does to it. Pure. */

export interface RolloutControl {
  readonly paused: boolean;
  /** A `promote` that no bake and no gate has used yet. */
  readonly promoted: boolean;
  /** No more bakes and gates: to the end. */
  readonly full: boolean;
}

export const noControl: RolloutControl = { paused: false, promoted: false, full: false };

export type ControlMessage = 'promote' | 'promoteFully' | 'pause' | 'resume';

export type ControlAnswer =
  | { readonly followed: true; readonly control: RolloutControl; readonly answer: string }
  | { readonly followed: false; readonly answer: string };

/** `waiting`: a bake or a gate is there to be skipped or opened. */
export function applyControl(
  control: RolloutControl,
  message: ControlMessage,
  waiting: boolean,
): ControlAnswer {
  switch (message) {
    case 'pause':
      if (control.paused) return { followed: false, answer: 'it is paused already' };
      return { followed: true, control: { ...control, paused: true }, answer: 'paused; "resume" goes on' };
    case 'resume':
      if (!control.paused) return { followed: false, answer: 'it is not paused' };
      return { followed: true, control: { ...control, paused: false }, answer: 'goes on' };
    case 'promoteFully':
      return {
        followed: true,
        control: { paused: false, promoted: true, full: true },
        answer: 'goes to the end without further bakes; gates that need approvals still wait',
      };
    case 'promote':
      if (!waiting) {
        return { followed: false, answer: 'nothing waits for it now: it opens a gate or ends a bake' };
      }
      return {
        followed: true,
        control: { ...control, paused: false, promoted: true },
        answer: 'goes on with the next step',
      };
  }
}
