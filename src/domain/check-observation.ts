/** What was seen of a target when a check looked: the facts that verdicts rest on. */
import type { PodObservation } from './rollout-observation.ts';

/** The Deployment's own numbers. */
export interface ObservedReplicas {
  readonly deployment: string;
  readonly generation: number;
  /** The generation that the numbers below belong to. */
  readonly observedGeneration: number;
  readonly desired: number;
  /** All pods, including those of older versions. */
  readonly total: number;
  readonly updated: number;
  readonly available: number;
}

/** One pod that belongs to the Deployment (by ownership, not by labels). */
export interface ObservedPod {
  readonly name: string;
  readonly uid: string;
  /** Kubernetes' phase: `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`. */
  readonly phase: string;
  /** Why it is in that phase, for example `Evicted`. */
  readonly phaseReason?: string;
  readonly terminating: boolean;
  readonly ready: boolean;
  readonly containers: readonly ObservedContainer[];
}

/** The same pod as the rules of rollouts see it: one that is not well is judged by them, too. */
export interface RuledPod extends ObservedPod {
  readonly forRules: PodObservation;
}

export interface ObservedContainer {
  readonly name: string;
  /** As the pod's specification writes it. */
  readonly image: string;
  /** As the container runtime resolved it, usually with a digest. */
  readonly imageId?: string;
  readonly running: boolean;
  /** Why it is not running, for example `CrashLoopBackOff`. */
  readonly reason?: string;
  readonly restarts: number;
}

/**
 * Terminating, completed and evicted pods still have their owner, but no part in serving: the
 * ReplicaSet has replaced them already.
 */
export function isActive(pod: ObservedPod): boolean {
  return !pod.terminating && pod.phase !== 'Succeeded' && pod.phase !== 'Failed';
}

/** What came of one HTTP request to one pod. */
export type HttpObservation =
  | {
      readonly kind: 'answer';
      readonly pod: string;
      readonly status: number;
      /** At most the response size limit. */
      readonly body: string;
      /** The body was longer than the limit, and only its beginning was read. */
      readonly truncated: boolean;
      /** Whether the body matches the check's `expectBody`; absent: it has none. */
      readonly matches?: boolean;
    }
  | {
      readonly kind: 'unreachable';
      readonly pod: string;
      /** For people, for example `connection refused on port 8000`. */
      readonly detail: string;
    };

/** What was found in the log of one pod. */
export type LogObservation =
  | {
      readonly kind: 'read';
      readonly pod: string;
      /** Lines that match the pattern. */
      readonly matches: number;
      /** A few of the matching lines. */
      readonly sample: readonly string[];
      /** The log was longer than the limit, and only its beginning was read. */
      readonly truncated: boolean;
    }
  | { readonly kind: 'unreadable'; readonly pod: string; readonly detail: string };
