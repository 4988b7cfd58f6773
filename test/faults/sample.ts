/** Which workers are killed where. */
import { activityOf, type Fault } from './fault.ts';
import type { Chance } from './seed.ts';
import { changing, faultAt, placesOf, type Place, type Story } from './story.ts';

export interface DeathCase {
  readonly title: string;
  readonly story: Story;
  readonly deaths: readonly Fault[];
}

/** Deaths of one release, far enough from each other that it gets somewhere in between. */
const deathsInOne = 4;

/** Every place there is. */
export function everyDeath(stories: readonly Story[], { below }: Chance): readonly DeathCase[] {
  return stories.flatMap((story) => spread(story, deathPlaces(story), below));
}

/**
 * Each call of the stories that are watched at every moment, at one of its moments. Of each other story one release,
 * its worker killed at a few places: every call that changes something is among them for at least one of the
 * strategies that make it.
 */
export function someDeaths(stories: readonly Story[], chance: Chance): readonly DeathCase[] {
  const whole = stories.filter(({ everyMoment }) => everyMoment === true);
  const others = stories.filter((story) => !whole.includes(story));
  return [...whole.flatMap((story) => everyCall(story, chance)), ...sample(others, chance)];
}

function everyCall(story: Story, { below, shuffled }: Chance): readonly DeathCase[] {
  const places = deathPlaces(story);
  const isFirst = (place: Place, index: number, all: readonly Place[]) =>
    all.findIndex(({ call }) => call === place.call) === index;
  const drawn = shuffled(places).filter(isFirst);
  // In the order of the release, so that each gets somewhere between its deaths.
  return spread(
    story,
    places.filter((place) => drawn.includes(place)),
    below,
  );
}

/** Over as few releases as there must be. */
function spread(
  story: Story,
  places: readonly Place[],
  below: (limit: number) => number,
): readonly DeathCase[] {
  const releases = Math.ceil(places.length / deathsInOne);
  return Array.from({ length: releases }, (_, which) =>
    deathCase(
      story,
      places.filter((_place, index) => index % releases === which).map((place) => faultAt(place, below)),
    ),
  );
}

function sample(stories: readonly Story[], { below, shuffled }: Chance): readonly DeathCase[] {
  const chosen = new Map<Story, Place[]>(stories.map((story) => [story, []]));
  const choose = (story: Story, places: readonly Place[]) => {
    const mine = chosen.get(story) ?? [];
    // One call has one fault.
    const place = shuffled(places).find(({ call }) => mine.every((each) => each.call !== call));
    if (place !== undefined) mine.push(place);
  };
  for (const activity of changing) {
    const placesIn = (story: Story) => deathPlaces(story).filter(({ call }) => activityOf(call) === activity);
    const [story] = shuffled(stories.filter((each) => placesIn(each).length > 0)).sort(
      (a, b) => (chosen.get(a)?.length ?? 0) - (chosen.get(b)?.length ?? 0),
    );
    if (story !== undefined) choose(story, placesIn(story));
  }
  for (const story of stories) if (chosen.get(story)?.length === 0) choose(story, deathPlaces(story));
  return stories.map((story) => {
    const places = chosen.get(story) ?? [];
    return deathCase(
      story,
      places.map((place) => faultAt(place, below)),
    );
  });
}

/** Where a person aborts, the worker waits for that. */
function deathPlaces(story: Story): readonly Place[] {
  return placesOf(story).filter(({ call }) => call !== story.abortedAt);
}

function deathCase(story: Story, deaths: readonly Fault[]): DeathCase {
  return { title: `${story.title}: worker killed ${deaths.map(faultWords).join(', ')}`, story, deaths };
}

function faultWords({ call, moment, milliseconds }: Fault): string {
  return moment === 'during' ? `${milliseconds} ms into ${call}` : `${moment} ${call}`;
}
