/** What must hold at every moment of a release: pure, on the recorded moments. */
import { deployment, type Pair } from './case.ts';
import type { Moment } from './moment.ts';

export interface ReleaseRecord {
  /** In order; the first is before the release. */
  readonly moments: readonly Moment[];
  /** Pods that serve at every moment. */
  readonly promised: number;
  /** So few may serve once the release has failed: what a disruption budget declares. */
  readonly declared: number;
  /** The image that the release brings. */
  readonly image: string;
  /** When the release began to fail (milliseconds since 1970); absent: it did not. */
  readonly troubleAt?: number;
  /** Pods that were broken on purpose, and when. */
  readonly broken: Readonly<Record<string, number>>;
  /** When the tests of green had passed (milliseconds since 1970); absent: they did not. */
  readonly testedAt?: number;
  /** Of a canary: pods of stable and canary at each step that it reaches. */
  readonly pairs?: readonly Pair[];
  /** An autoscaler has to be held while there is a second Deployment. */
  readonly scaled?: boolean;
  /** Helm writes the autoscaler of its chart as it was with each upgrade, so that it is held only until then. */
  readonly byHelm?: boolean;
}

export const canary = `${deployment}-canary`;
export const green = `${deployment}-green`;

/** In words, with the moment; none: every promise was kept. */
export function violations(release: ReleaseRecord): readonly string[] {
  const rules = [capacity, takenAway, untestedGreen, canaryCount, stepsTaken, autoscalerHeld];
  return rules.flatMap((rule) => rule(release));
}

/** Of what was broken on purpose nothing can be promised; of everything else all. */
function capacity(release: ReleaseRecord): readonly string[] {
  const lost = new Set<string>();
  return release.moments.flatMap((moment, index) => {
    for (const pod of release.moments[index - 1]?.serving ?? []) {
      if (isBroken(release, pod, moment)) lost.add(pod);
    }
    const least = promisedAt(release, moment) - lost.size;
    const counts = { serve: moment.serving.length, 'are available': moment.available.length };
    return Object.entries(counts)
      .filter(([, count]) => count < least)
      .map(([what, count]) => at(moment, release, `${count} pods ${what}, fewer than ${least}`));
  });
}

/** A pod that serves well is taken away only where the others that serve well are enough. */
function takenAway(release: ReleaseRecord): readonly string[] {
  const { moments } = release;
  return moments.slice(1).flatMap((moment, index) => {
    const well = (pods: readonly string[] = []) => pods.filter((pod) => !isBroken(release, pod, moment));
    const taken = well(moments[index]?.serving).filter((pod) => !moment.serving.includes(pod));
    const left = well(moment.serving).length;
    if (taken.length === 0 || left >= promisedAt(release, moment)) return [];
    return [at(moment, release, `${taken.join(', ')} taken away, which leaves ${left} pods that serve well`)];
  });
}

function untestedGreen(release: ReleaseRecord): readonly string[] {
  const { moments, testedAt = Infinity } = release;
  const early = moments.find((moment) => moment.at < testedAt && servingOf(moment, green) > 0);
  return early === undefined ? [] : [at(early, release, 'green serves and its tests have not passed')];
}

/** It never falls before the release fails or the target's own Deployment is brought to the new version. */
function canaryCount(release: ReleaseRecord): readonly string[] {
  const { moments, image, troubleAt = Infinity } = release;
  let fell = false;
  return moments.slice(1).flatMap((moment, index) => {
    const before = asked(moments[index] as Moment, canary);
    const now = asked(moment, canary);
    const mayFall = moment.at >= troubleAt || moment.deployments[deployment]?.image === image;
    fell ||= now < before;
    if (now < before && !mayFall) return [at(moment, release, `the canary fell from ${before} to ${now}`)];
    return fell && now > before ? [at(moment, release, `the canary rose again, to ${now}`)] : [];
  });
}

/** Each step's pair served, in order, and no more pods of the canary than any step has. */
function stepsTaken({ moments, pairs = [] }: ReleaseRecord): readonly string[] {
  let from = 0;
  const missed = pairs.filter(([stable, ofCanary]) => {
    const found = moments.findIndex(
      (moment, index) =>
        index >= from && servingOf(moment, deployment) === stable && servingOf(moment, canary) === ofCanary,
    );
    from = Math.max(from, found);
    return found < 0;
  });
  const most = Math.max(0, ...moments.map((moment) => asked(moment, canary)));
  const wanted = Math.max(0, ...pairs.map(([, ofCanary]) => ofCanary));
  return [
    ...missed.map(([stable, ofCanary]) => `the step of ${stable} + ${ofCanary} pods was never reached`),
    ...(pairs.length > 0 && most > wanted
      ? [`the canary had ${most} pods, and no step has more than ${wanted}`]
      : []),
  ];
}

function autoscalerHeld(release: ReleaseRecord): readonly string[] {
  const { image, scaled = false, byHelm = false } = release;
  const upgraded = release.moments.findIndex(({ deployments }) => deployments[deployment]?.image === image);
  const moments = byHelm && upgraded >= 0 ? release.moments.slice(0, upgraded) : release.moments;
  // Pods that still serve after their Deployment began to go prove nothing.
  const isThere = (moment: Moment) =>
    [canary, green].some((name) => servingOf(moment, name) > 0 && asked(moment, name) > 0);
  const free = moments.find((moment) => !moment.held && isThere(moment));
  return !scaled || free === undefined
    ? []
    : [at(free, release, 'a second Deployment serves, and the autoscaler is not held')];
}

/** Ready endpoints that are of this Deployment. */
function servingOf({ serving }: Pick<Moment, 'serving'>, name: string): number {
  return serving.filter((pod) => ownerOf(pod) === name).length;
}

/** Pods are named after their Deployment, and no hash looks like `canary` or `green`: it has no vowels. */
export function ownerOf(pod: string): string {
  return [canary, green].find((name) => pod.startsWith(`${name}-`)) ?? deployment;
}

/** Pods that a Deployment is asked for; 0: also when it is not there. */
export function asked({ deployments }: Pick<Moment, 'deployments'>, name: string): number {
  return deployments[name]?.replicas ?? 0;
}

function promisedAt({ promised, declared, troubleAt = Infinity }: ReleaseRecord, moment: Moment): number {
  return moment.at >= troubleAt ? Math.min(promised, declared) : promised;
}

function isBroken({ broken }: ReleaseRecord, pod: string, moment: Moment): boolean {
  return moment.at >= (broken[pod] ?? Infinity);
}

function at(moment: Moment, { moments }: ReleaseRecord, what: string): string {
  const seconds = (moment.at - (moments[0] ?? moment).at) / 1_000;
  return `after ${seconds.toFixed(1)} s: ${what}`;
}
