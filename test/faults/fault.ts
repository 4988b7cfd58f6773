/** Where a worker dies: a call that a release makes, and the moment. */

export type Moment =
  /** The worker has taken the activity and done nothing yet. */
  | 'before'
  /** In the middle, a moment after it began. */
  | 'during'
  /** It has run, and Temporal was not told. */
  | 'after';

export interface Fault {
  readonly activity: string;
  /** Which call of this activity in the release, from 1. */
  readonly call: number;
  readonly moment: Moment;
}

/** As it stands in the fault file: `postMessage:2:after`. */
export function faultText({ activity, call, moment }: Fault): string {
  return `${activity}:${call}:${moment}`;
}

/** `undefined`: nothing is to happen. */
export function parseFault(text: string): Fault | undefined {
  const [activity = '', call = '', moment = ''] = text.trim().split(':');
  return activity === '' ? undefined : { activity, call: Number(call), moment: moment as Moment };
}
