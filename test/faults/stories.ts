/** The releases whose worker is killed, and every call that each of them makes. */
import type { UpdateMethod } from '../../src/domain/target.ts';
import type { Fault, Moment } from './fault.ts';
import type { Ending } from './invariants.ts';

export interface Story {
  readonly title: string;
  readonly method: UpdateMethod;
  /** End of the new version's tag: what the simulated pods make of it. */
  readonly behaviour: '' | '-unhealthy' | '-crash';
  readonly outcome: Ending;
  /** Calls at which the worker is killed. */
  readonly killed: readonly Call[];
  /** Also at the moments that make no difference to calls that only read, wait or speak. */
  readonly everyMoment?: true;
  /** Calls that are the very same in a story whose worker is killed there. */
  readonly elsewhere: readonly Call[];
}

/** Activity and which call of it, from 1: `postMessage:2`. */
type Call = `${string}:${number}`;

/** What goes before any change and is said of any release. */
const opening: readonly Call[] = ['resolveTarget:1', 'preflight:1', 'postMessage:1', 'updateMessage:1'];

export const stories: readonly Story[] = [
  {
    title: 'a good release by Helm',
    method: 'helm',
    behaviour: '',
    outcome: 'released',
    everyMoment: true,
    killed: [
      ...opening,
      'backUpTarget:1',
      'postMessage:2',
      'upgradeHelmRelease:1',
      'postMessage:3',
      'awaitRollout:1',
      'postMessage:4',
      'verifyTarget:1',
      'postMessage:5',
      'updateMessage:2',
      'postMessage:6',
    ],
    elsewhere: [],
  },
  {
    title: 'a release by Helm that does not verify',
    method: 'helm',
    behaviour: '-unhealthy',
    outcome: 'rolledBack',
    killed: [
      'verifyTarget:1',
      'postMessage:5',
      'observeTarget:1',
      'rollBackHelmRelease:1',
      'restoreRevision:1',
      'awaitRollout:2',
      'postMessage:6',
      'verifyTarget:2',
      'postMessage:7',
      'updateMessage:2',
      'postMessage:8',
    ],
    elsewhere: [
      ...opening,
      'backUpTarget:1',
      'postMessage:2',
      'upgradeHelmRelease:1',
      'postMessage:3',
      'awaitRollout:1',
      'postMessage:4',
    ],
  },
  {
    title: 'a good release by image',
    method: 'image',
    behaviour: '',
    outcome: 'released',
    killed: ['preflight:1', 'backUpTarget:1', 'setImage:1', 'awaitRollout:1', 'verifyTarget:1'],
    elsewhere: [
      'resolveTarget:1',
      'postMessage:1',
      'updateMessage:1',
      'postMessage:2',
      'postMessage:3',
      'postMessage:4',
      'postMessage:5',
      'updateMessage:2',
      'postMessage:6',
    ],
  },
  {
    title: 'a release by image whose pods crash',
    method: 'image',
    behaviour: '-crash',
    outcome: 'rolledBack',
    killed: ['awaitRollout:1', 'restoreRevision:1', 'awaitRollout:2', 'verifyTarget:1', 'postMessage:6'],
    elsewhere: [
      ...opening,
      'backUpTarget:1',
      'postMessage:2',
      'setImage:1',
      'postMessage:3',
      'postMessage:4',
      'postMessage:5',
      'updateMessage:2',
    ],
  },
];

/** Calls that last: there the worker also dies in the middle. */
const lasting = new Set(['upgradeHelmRelease', 'rollBackHelmRelease', 'awaitRollout', 'verifyTarget']);

const changing = new Set([
  ...['backUpTarget', 'upgradeHelmRelease', 'setImage'],
  ...['rollBackHelmRelease', 'restoreRevision'],
]);

export interface DeathCase {
  readonly title: string;
  readonly story: Story;
  readonly fault: Fault;
}

export function deathCases(): readonly DeathCase[] {
  return stories.flatMap((story) =>
    story.killed.flatMap((text) => {
      const { activity, call } = parseCall(text);
      return momentsOf(text, story).map((moment) => ({
        title: `${story.title}: worker killed ${moment} ${activity}, call ${call}`,
        story,
        fault: { activity, call, moment },
      }));
    }),
  );
}

function momentsOf(text: Call, { everyMoment }: Story): readonly Moment[] {
  const { activity, call } = parseCall(text);
  const middle: Moment[] = lasting.has(activity) ? ['during'] : [];
  if (changing.has(activity)) return ['before', ...middle, 'after'];
  // Of what is said, the first time stands for the moment before it is said.
  if (everyMoment === true && call === 1) return ['before', ...middle, 'after'];
  return middle.length > 0 ? middle : ['after'];
}

function parseCall(text: Call) {
  const [activity = '', call = ''] = text.split(':');
  return { activity, call: Number(call) };
}
