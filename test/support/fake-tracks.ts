/**
 * A small cluster with tracks, for tests of what canary and blue/green workflows decide. Every state that
 * the Service goes through is kept, so that a test can hold them all to the invariants.
 */
import type { AnalysisActivities } from '../../src/activities/analysis/types.ts';
import type { TrackActivities, TrafficActivities } from '../../src/activities/kubernetes/types.ts';
import type { SmokeActivities } from '../../src/activities/smoke/types.ts';
import type { Verdict } from '../../src/domain/check.ts';
import type { ObservedAutoscaler } from '../../src/domain/observation.ts';
import { trackDeployment } from '../../src/domain/track.ts';
import type { World } from './fake-world.ts';

export interface Pods {
  image: string;
  replicas: number;
}

/** What the Service sends requests to at one moment. */
export interface Served {
  readonly stable: number;
  readonly canary: number;
  readonly green: number;
}

export interface Tracks {
  stable: number;
  canary: Pods | undefined;
  green: Pods | undefined;
  selector: Readonly<Record<string, string>>;
  /** Key of the release that holds the target's own Deployment. */
  heldBy: string | undefined;
  /** Absent: none. */
  autoscaler: ObservedAutoscaler | undefined;
  autoscalerHeld: boolean;
  /** Pods that the autoscaler brought the target to since the plan was made; absent: as planned. */
  scaledTo: number | undefined;
  /** Pods of a track that do not end. */
  leaving: number;
  /** Weight of the canary (pods) at which the analysis turns bad; absent: never. */
  badFrom: number | undefined;
  analysis: Verdict;
  readonly served: Served[];
  /** Pods of a track that nobody had tested and that were served. */
  untestedServed: boolean;
  greenTested: boolean;
}

export const recordedSelector = { app: 'shop' };

export function someTracks(replicas: number): Tracks {
  return {
    stable: replicas,
    canary: undefined,
    green: undefined,
    selector: recordedSelector,
    heldBy: undefined,
    autoscaler: undefined,
    autoscalerHeld: false,
    scaledTo: undefined,
    leaving: 0,
    badFrom: undefined,
    analysis: 'pass',
    served: [],
    untestedServed: false,
    greenTested: false,
  };
}

type Activities = TrackActivities & TrafficActivities & AnalysisActivities & SmokeActivities;

export function trackActivities(world: World, tracks: Tracks): Activities {
  const look = (): void => {
    const hash = tracks.selector['pod-template-hash'];
    const served = {
      stable: hash === undefined || hash === 'abc' ? tracks.stable : 0,
      canary: hash === undefined ? (tracks.canary?.replicas ?? 0) : 0,
      green: hash === undefined || hash === 'green' ? (tracks.green?.replicas ?? 0) : 0,
    };
    if (served.green > 0 && !tracks.greenTested) tracks.untestedServed = true;
    tracks.served.push(served);
  };
  return {
    createTrack: ({ track, image, replicas }) => {
      tracks[track] ??= { image, replicas };
      look();
      return Promise.resolve({
        deployment: trackDeployment('shop-server', track),
        uid: track,
        templateHash: track,
      });
    },
    scaleDeployment: () => Promise.reject(new Error('not used by the workflows')),
    awaitEndpoints: () => Promise.resolve({ outcome: 'proven', seconds: 1 }),
    switchService: ({ target, from, to, hold, letGo }) => {
      const own = target.service.deployment;
      if (hold?.deployment === own) tracks.heldBy = hold.key;
      const now = JSON.stringify(tracks.selector);
      if (now !== JSON.stringify(from) && now !== JSON.stringify(to)) throw new Error(`selector is ${now}`);
      tracks.selector = to;
      if (letGo === own) tracks.heldBy = undefined;
      look();
      return Promise.resolve({ changed: true });
    },
    deleteTrack: ({ track }) => {
      const deleted = tracks[track] !== undefined;
      tracks[track] = undefined;
      look();
      return Promise.resolve({ deleted, ...(tracks.leaving === 0 ? {} : { leaving: tracks.leaving }) });
    },
    pauseAutoscaler: ({ replicas, neverLower }) => {
      tracks.autoscalerHeld = true;
      tracks.stable = neverLower === true ? Math.max(replicas, tracks.scaledTo ?? 0) : replicas;
      look();
      return Promise.resolve({
        ...{ kind: 'HorizontalPodAutoscaler', name: 'shop', written: {}, recorded: {} },
        ...(neverLower === true ? { replicas: tracks.stable } : {}),
      });
    },
    restoreAutoscaler: () => {
      tracks.autoscalerHeld = false;
      return Promise.resolve({ outcome: 'restored' });
    },
    shiftTraffic: ({ to, withdraw }) => {
      const broken = tracks.canary !== undefined && world.brokenImages.has(tracks.canary.image);
      if (broken && withdraw === undefined && to.canary > 0) {
        return Promise.resolve({
          outcome: 'failed',
          rule: 'crash-loop-back-off',
          reason: 'container shop is crash looping',
          evidence: [],
          progress: { desired: to.canary, updated: to.canary, available: 0, old: 0 },
        });
      }
      // Surge, then drain: both are states that the Service was in.
      tracks.stable = Math.max(tracks.stable, to.stable);
      if (tracks.canary !== undefined) tracks.canary.replicas = Math.max(tracks.canary.replicas, to.canary);
      look();
      tracks.stable = to.stable;
      if (tracks.canary !== undefined) tracks.canary.replicas = to.canary;
      look();
      const desired = to.stable + to.canary;
      const progress = { desired, updated: desired, available: desired, old: 0 };
      return Promise.resolve({ outcome: 'complete', progress, seconds: 3 });
    },
    bake: () => {
      const isBad =
        tracks.badFrom !== undefined &&
        (tracks.canary?.replicas ?? tracks.green?.replicas ?? 0) >= tracks.badFrom;
      const verdict = isBad ? 'fail' : tracks.analysis;
      return Promise.resolve({
        verdict,
        summary: `errors: ${verdict}`,
        metrics: [{ name: 'errors', verdict, critical: true, summary: `errors: ${verdict}` }],
        evidence: [],
        stopNow: isBad,
      });
    },
    runSmokeTest: ({ test }) =>
      Promise.resolve({
        name: test.name,
        severity: 'required',
        verdict: 'pass',
        summary: 'exit code 0',
        evidence: [],
      }),
  };
}
