/** Which servers go away at which moment of which releases. */
import type { OwnGround } from './ground.ts';
import type { Call } from './fault.ts';
import type { Chance } from './seed.ts';
import type { Story } from './story.ts';

export interface Outage {
  readonly server: 'API server' | 'Temporal';
  readonly seconds: number;
  /** How long after the releases have come to their moment. */
  readonly milliseconds: number;
}

export interface Course {
  readonly story: Story;
  /** For each outage the call that has just begun. */
  readonly at: readonly Call[];
}

/** Releases that go on side by side while one server after the other goes away. */
export interface Round {
  readonly title: string;
  readonly outages: readonly Outage[];
  readonly courses: readonly Course[];
}

const apiServer = { server: 'API server', seconds: 60 } as const;
const temporal = { server: 'Temporal', seconds: 10 } as const;

/** A release of each strategy meets both outages. */
export function someOutages(stories: readonly Story[], draw: Chance): readonly Round[] {
  const [first = []] = sideBySide(stories, draw);
  return [round(draw.shuffled([apiServer, temporal]), first, draw)];
}

/** Every release meets each of them alone. */
export function everyOutage(stories: readonly Story[], draw: Chance): readonly Round[] {
  return sideBySide(stories, draw).flatMap((group) =>
    [apiServer, temporal].map((outage) => round([outage], group, draw)),
  );
}

/** In each group one story of each strategy. */
function sideBySide(stories: readonly Story[], { shuffled }: Chance): readonly (readonly Story[])[] {
  const groups: Story[][] = [];
  for (const story of shuffled(stories)) {
    const group = groups.find((each) => each.every(({ strategy }) => strategy !== story.strategy));
    if (group === undefined) groups.push([story]);
    else group.push(story);
  }
  return groups;
}

function round(
  servers: readonly Pick<Outage, 'server' | 'seconds'>[],
  stories: readonly Story[],
  { below, shuffled }: Chance,
): Round {
  const outages = servers.map((each) => ({ ...each, milliseconds: below(1_500) }));
  const courses = stories.map((story) => {
    const moments = shuffled(story.course.filter((call) => call !== story.abortedAt)).slice(
      0,
      outages.length,
    );
    return { story, at: story.course.filter((call) => moments.includes(call)) };
  });
  const away = outages.map(({ server, seconds }) => `${server} for ${seconds} s`);
  const where = courses.map(({ story, at }) => `${at.join(' and ')} of ${story.title}`);
  return { title: `${away.join(', then ')}, at ${where.join('; ')}`, outages, courses };
}

export function serverOf({ cluster, temporal: server }: OwnGround, { server: name }: Outage) {
  return name === 'API server'
    ? { stop: cluster.stopApiServer, start: cluster.startApiServer }
    : { stop: server.kill9, start: server.restart };
}
