/** A release that is going to be disturbed, and what it must come to all the same. */
import type { Outcome } from '../../src/domain/status.ts';
import type { UpdateMethod } from '../../src/domain/target.ts';
import { activityOf, type Call, type Fault, type Moment } from './fault.ts';

export interface Story {
  readonly title: string;
  readonly strategy: 'standard' | 'canary' | 'blueGreen' | 'rollback';
  readonly method: UpdateMethod;
  /** End of the new version's tag: what the simulated pods make of it. */
  readonly behaviour: '' | '-unhealthy' | '-crash';
  /** A rollback's destination. */
  readonly to?: 'previous' | 'backup';
  /** A canary that nobody watches between its steps. */
  readonly unwatched?: true;
  /** A person aborts it when this call is about to begin. */
  readonly abortedAt?: Call;
  readonly outcome: Outcome;
  /** What serves in the end: the version that was asked for, or the one of before. */
  readonly ends: 'new' | 'old';
  /** Revisions that Helm has more in the end, but for failed ones. */
  readonly helmRevisions: number;
  /** Whether the Service ever sends anything to green. */
  readonly green?: 'serves' | 'neverServes';
  /** Every call to the cluster, in order. */
  readonly course: readonly Call[];
  /** Calls beside that, to Slack and to the worker itself, at which the worker dies too. */
  readonly besides?: readonly Call[];
  /** Also at the moments that make no difference to calls that only read, wait or speak. */
  readonly everyMoment?: true;
}

/** Calls after which something is different. A call that is not known here or below fails the tests. */
export const changing: readonly string[] = [
  ...['backUpTarget', 'setImage', 'upgradeHelmRelease', 'restoreRevision', 'rollBackHelmRelease'],
  ...['restoreBackup', 'pauseAutoscaler', 'restoreAutoscaler', 'createTrack', 'deleteTrack'],
  ...['shiftTraffic', 'switchService', 'runSmokeTest', 'postMessage', 'updateMessage'],
];

/** Calls that only look or wait. */
const looking: readonly string[] = [
  ...['resolveTarget', 'preflight', 'observeTarget', 'listRevisions', 'compareBackup'],
  ...['awaitRollout', 'awaitEndpoints', 'verifyTarget', 'bake', 'diagnose'],
];

const toSlack: readonly string[] = ['postMessage', 'updateMessage'];

/** Calls that last: there the worker also dies in the middle. Milliseconds within which that is. */
const lasting: Readonly<Record<string, number>> = {
  upgradeHelmRelease: 300,
  rollBackHelmRelease: 300,
  awaitRollout: 400,
  awaitEndpoints: 200,
  verifyTarget: 250,
  shiftTraffic: 4_000,
  deleteTrack: 1_000,
  bake: 800,
  runSmokeTest: 500,
  diagnose: 500,
};

/** A call and the moments at which a worker may die there. */
export interface Place {
  readonly call: Call;
  readonly moment: Exclude<Moment, 'held'>;
}

export function placesOf({ course, besides = [], everyMoment }: Story): readonly Place[] {
  return [...besides, ...course].flatMap((call) => {
    const activity = activityOf(call);
    const middle = activity in lasting ? (['during'] as const) : [];
    const whole = ['before', ...middle, 'after'] as const;
    const said = toSlack.includes(activity);
    // Of what is said, the first time stands for the moment before it is said.
    const isWhole = said ? call.endsWith(':1') : changing.includes(activity) || everyMoment === true;
    const brief = middle.length > 0 ? middle : (['after'] as const);
    return (isWhole ? whole : brief).map((moment) => ({ call, moment }));
  });
}

/** `below` draws a number from 0 to below its argument. */
export function faultAt({ call, moment }: Place, below: (limit: number) => number): Fault {
  return { call, moment, milliseconds: below(lasting[activityOf(call)] ?? 1) };
}

/** Fails with what to do when a release makes calls that nobody was killed at. */
export function unknownCalls({ title, course }: Story, made: readonly Call[]): readonly string[] {
  const strange = made.filter((call) => ![...changing, ...looking].includes(activityOf(call)));
  const isChange = (call: Call) => changing.includes(activityOf(call)) && !toSlack.includes(activityOf(call));
  const missing = made.filter((call) => isChange(call) && !course.includes(call));
  const gone = course.filter((call) => !made.includes(call));
  return [
    ...strange.map((call) => `${call}: say in story.ts whether it changes something`),
    ...missing.map((call) => `${call}: belongs into the course of "${title}"`),
    ...gone.map((call) => `${call}: "${title}" does not make this call any more`),
  ];
}
