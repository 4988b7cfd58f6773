/** Nodes have room for so many pods and no more, and nobody knows for how many: see `move` of shift-traffic.ts. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { leavesAtOnce, lessRoom, surge, withdraw, type SurgePhase } from '../../src/domain/surge.ts';
import type { ReplicaPair } from '../../src/domain/track.ts';
import { podsOf, replicaPair } from '../../src/domain/weights.ts';

type Side = keyof ReplicaPair;

interface Pod {
  readonly side: Side;
  isPlaced: boolean;
  /** Moments until it is ready, once it has a node. */
  left: number;
}

interface Nodes {
  readonly fits: number;
  /** Moments that each new pod takes to become ready, in turn. */
  readonly delays: readonly number[];
  /** Moments for which a pod that goes still holds its place. */
  readonly ending: number;
}

const hastyPatience = 3;
/** Longer than any pod takes to start or to go. */
const patience = 200;

/** Pods as the controllers keep them: those without a node go first, then those that are not ready. */
class Cluster {
  private readonly nodes: Nodes;
  private pods: Pod[] = [];
  private going: number[] = [];
  private made = 0;
  lowest: number;

  constructor(nodes: Nodes, serving: ReplicaPair) {
    this.nodes = nodes;
    for (const side of ['stable', 'canary'] as const) {
      for (let i = 0; i < serving[side]; i += 1) this.pods.push({ side, isPlaced: true, left: 0 });
    }
    this.lowest = this.serving;
  }

  get serving(): number {
    return podsOf(this.ready);
  }

  get asked(): ReplicaPair {
    return this.count(() => true);
  }

  get placed(): ReplicaPair {
    return this.count(({ isPlaced }) => isPlaced);
  }

  get ready(): ReplicaPair {
    return this.count(({ isPlaced, left }) => isPlaced && left <= 0);
  }

  scale(side: Side, to: number, left?: number): void {
    const worth = ({ isPlaced, left: moments }: Pod) => (!isPlaced ? 0 : moments > 0 ? 1 : 2);
    const own = this.pods.filter((pod) => pod.side === side).sort((a, b) => worth(b) - worth(a));
    for (const pod of own.slice(to)) {
      this.pods = this.pods.filter((each) => each !== pod);
      if (pod.isPlaced) this.going.push(this.nodes.ending);
    }
    for (let i = own.length; i < to; i += 1) {
      const delay = this.nodes.delays[this.made++ % this.nodes.delays.length] ?? 1;
      this.pods.push({ side, isPlaced: false, left: left ?? delay });
    }
    this.look();
  }

  pass(): void {
    this.going = this.going.map((moments) => moments - 1).filter((moments) => moments > 0);
    for (const pod of this.pods) {
      if (pod.isPlaced) pod.left -= 1;
      else pod.isPlaced = this.going.length + podsOf(this.placed) < this.nodes.fits;
    }
    this.look();
  }

  private look(): void {
    this.lowest = Math.min(this.lowest, this.serving);
  }

  private count(which: (pod: Pod) => boolean): ReplicaPair {
    const of = (side: Side) => this.pods.filter((pod) => pod.side === side && which(pod)).length;
    return { stable: of('stable'), canary: of('canary') };
  }
}

/** Whether all phases were taken; not when a pod found no node for too long. */
function takeEach(cluster: Cluster, phases: readonly SurgePhase[], isHasty: boolean): boolean {
  for (const phase of phases) {
    if (phase.kind === 'scale') {
      cluster.scale(phase.side, phase.to);
      continue;
    }
    const { stable, canary } = phase.ready;
    const isThere = () =>
      (stable === undefined || cluster.ready.stable === stable) &&
      (canary === undefined || cluster.ready.canary === canary);
    const moments = isHasty && canary === undefined ? hastyPatience : patience;
    for (let since = 0; !isThere(); since += 1) {
      const isPending = podsOf(cluster.placed) < podsOf(cluster.asked);
      if (since > patience + moments) throw new Error(`never: ${JSON.stringify(phase)}`);
      if (isPending && since > moments) return false;
      cluster.pass();
    }
  }
  return true;
}

interface Move {
  readonly replicas: number;
  readonly isFailing: boolean;
  readonly phases: (room: number) => readonly SurgePhase[];
}

/** As the activity does it. */
function move(cluster: Cluster, { replicas, isFailing, phases }: Move): boolean {
  let isHasty = isFailing;
  for (let room: number | undefined = Infinity; room !== undefined;) {
    if (takeEach(cluster, phases(room), isHasty)) return true;
    const { placed } = cluster;
    room = lessRoom(room, { placed: podsOf(placed), replicas, isFailing });
    isHasty = false;
    if (room === undefined) return false;
    cluster.scale('canary', placed.canary);
    cluster.scale('stable', placed.stable);
  }
  return false;
}

const replicas = fc.integer({ min: 1, max: 30 });
const weight = fc.integer({ min: 0, max: 100 });
const few = fc.integer({ min: 0, max: 12 });
const delays = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
const ending = fc.integer({ min: 0, max: 20 });

test('nodes with room for one pod more are enough for every step, and fewer never serve than promised', () => {
  fc.assert(
    fc.property(replicas, weight, weight, few, delays, ending, (r, before, after, more, times, end) => {
      const from = replicaPair(before, r);
      const to = replicaPair(after, r);
      const fits = Math.max(r + 1, podsOf(from)) + more;
      const cluster = new Cluster({ fits, delays: times, ending: end }, from);
      const phases = (room: number): readonly SurgePhase[] => [
        ...surge(cluster.asked, to, room),
        { kind: 'await', ready: to },
      ];
      expect(move(cluster, { replicas: podsOf(to), isFailing: false, phases })).toBe(true);
      expect(cluster.asked).toEqual(to);
      expect(cluster.lowest).toBeGreaterThanOrEqual(r);
    }),
  );
});

test('a canary of which nodes took only a part, or that serves in part, always leaves, and capacity is kept', () => {
  fc.assert(
    fc.property(
      fc.record({
        r: replicas,
        w: weight,
        declared: replicas,
        coming: few,
        broken: few,
        more: few,
        delays,
        ending,
      }),
      ({ r, w, declared, coming, broken, more, ...nodes }) => {
        const serving = replicaPair(w, r);
        const fits = podsOf(serving) + more;
        const cluster = new Cluster({ ...nodes, fits }, serving);
        // The step that failed: pods that never become ready, and pods that no node takes.
        cluster.scale('canary', serving.canary + broken, Infinity);
        cluster.pass();
        cluster.scale('canary', serving.canary + broken + coming);
        cluster.pass();
        const goal = { replicas: r, minimum: Math.min(declared, r) };
        // Stable may come to the declared minimum on the way, in the room that there is.
        let atOnce = false;
        const phases = (room: number) => {
          atOnce ||= leavesAtOnce(cluster.ready.stable, goal);
          return withdraw(cluster.asked, goal, { ready: cluster.ready, room });
        };
        expect(move(cluster, { replicas: r, isFailing: true, phases })).toBe(true);
        expect(cluster.asked).toEqual({ stable: r, canary: 0 });
        const promised = atOnce ? Math.max(1, goal.minimum) : r;
        // Where not one more fits, one makes way at a time.
        expect(cluster.lowest).toBeGreaterThanOrEqual(fits > r ? promised : promised - 1);
      },
    ),
    {
      examples: [[{ r: 3, w: 51, declared: 2, coming: 0, broken: 0, more: 1, delays: [1], ending: 0 }]],
    },
  );
});
