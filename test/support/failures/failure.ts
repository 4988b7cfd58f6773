/** One row of the table of failures: how it is made on the real cluster, and what is told of it. */
import type { V1Deployment, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { DiagnosisRuleId } from '../../../src/domain/diagnosis-rules.ts';
import type { Scene } from './scene.ts';
import type { ShopChange } from './shop.ts';

export interface Failure {
  /** Completes "a release whose …". */
  readonly title: string;
  /** The old version, where it matters how it runs. */
  readonly before?: ShopChange;
  readonly arrange: (scene: Scene) => Promise<void>;
  /** From when on the cluster shows it. */
  readonly shown: Shown;
  /** What the wait for the rollout answers. */
  readonly wait: Wait;
  /** The first finding of the diagnosis. */
  readonly finding: DiagnosisRuleId;
  /** What that finding must name, so that a person knows where to look. */
  readonly names: RegExp;
}

export type Wait =
  /** By this rule, at most `graceSeconds` and a bit after the cluster shows it. */
  | { readonly ends: 'failed'; readonly rule: string; readonly graceSeconds?: number }
  /** Not by itself: it may still pass; when the time is over this rule says what was missing. */
  | { readonly ends: 'waiting'; readonly rule?: string }
  | { readonly ends: 'complete' };

export type Shown =
  | { readonly in: 'pods'; readonly when: (pod: V1Pod) => boolean }
  | { readonly in: 'replicasets'; readonly when: (replicaSet: V1ReplicaSet) => boolean }
  | { readonly in: 'deployments'; readonly when: (deployment: V1Deployment) => boolean };

export function fatal(rule: string, graceSeconds = 0): Wait {
  return { ends: 'failed', rule, graceSeconds };
}

export function patient(rule?: string): Wait {
  return { ends: 'waiting', ...(rule === undefined ? {} : { rule }) };
}

export function unschedulable(message: RegExp): Shown {
  return {
    in: 'pods',
    when: ({ status }) =>
      status?.conditions?.some(
        ({ type, reason, message: said = '' }) =>
          type === 'PodScheduled' && reason === 'Unschedulable' && message.test(said),
      ) === true,
  };
}

export function refused(message: RegExp): Shown {
  return {
    in: 'replicasets',
    when: ({ status }) =>
      status?.conditions?.some(
        ({ type, message: said = '' }) => type === 'ReplicaFailure' && message.test(said),
      ) === true,
  };
}

export function waitsFor(reason: string): Shown {
  return {
    in: 'pods',
    when: ({ status }) =>
      status?.containerStatuses?.some(({ state }) => state?.waiting?.reason === reason) === true,
  };
}

/** A container of the new version runs and is not ready. */
export const runsUnready: Shown = {
  in: 'pods',
  when: ({ status }) =>
    status?.containerStatuses?.some(({ state, ready }) => state?.running !== undefined && !ready) === true,
};
