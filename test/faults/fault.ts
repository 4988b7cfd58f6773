/** Where a worker dies, or waits for the test's word: a call that a release makes, and the moment. */

export type Moment =
  /** The worker has taken the activity and done nothing yet. */
  | 'before'
  /** In the middle, some milliseconds after it began; at its end, should that come earlier. */
  | 'during'
  /** It has run, and Temporal was not told. */
  | 'after'
  /** Nobody dies: the call begins when the test says so. */
  | 'held';

/** Activity and which call of it in the release, from 1: `postMessage:2`. */
export type Call = `${string}:${number}`;

export interface Fault {
  readonly call: Call;
  readonly moment: Moment;
  /** `during`: after this many milliseconds. */
  readonly milliseconds: number;
}

/** As it stands in the fault file: `postMessage:2 during 250`. */
export function faultText({ call, moment, milliseconds }: Fault): string {
  return `${call} ${moment} ${milliseconds}`;
}

/** One a line. */
export function parseFaults(text: string): readonly Fault[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [call, moment, milliseconds] = line.split(' ') as [Call, Moment, string];
      return { call, moment, milliseconds: Number(milliseconds) };
    });
}

export function activityOf(call: Call): string {
  return call.slice(0, call.lastIndexOf(':'));
}

/** Separated by blanks or lines. */
export function calls(text: string): readonly Call[] {
  return text.trim().split(/\s+/) as Call[];
}
