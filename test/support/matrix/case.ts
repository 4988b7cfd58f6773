/** One case of the matrix: a target, a new version, what happens to it on the way, and how it must end. */
import type { StrategyName } from '../../../src/domain/target.ts';
import type { Outcome } from '../../../src/domain/status.ts';
import type { Disturbance } from './disturbances.ts';

export interface MatrixCase {
  /** Also the namespace, the service and the Helm release. */
  readonly name: string;
  readonly strategy: StrategyName;
  readonly replicas: Replicas;
  readonly owner: Owner;
  readonly selector: SelectorKind;
  readonly guard: Guard;
  /** End of the new version's tag: what the simulated pods make of it. */
  readonly behaviour?: '-crash' | '-unhealthy' | '-slow-start';
  /** Of the request. */
  readonly options?: object;
  /** Pods of stable and canary at each step that the release reaches. */
  readonly pairs?: readonly Pair[];
  readonly disturbance?: Disturbance;
  readonly outcome: Outcome;
  /** What the release must say, in its reason or its notes. */
  readonly says?: RegExp;
}

type Replicas = 1 | 3 | 10 | 37;
type Owner = 'helm' | 'raw';
type SelectorKind = 'name' | 'name and component' | 'name and instance';
type Guard = 'none' | 'hpa' | 'keda' | 'pdb';
export type Pair = readonly [stable: number, canary: number];

export const deployment = 'shop-server';
export const repository = 'shop/server';
export const oldVersion = '4.0.0';

export function newVersion({ behaviour }: MatrixCase): string {
  return `4.1.0${behaviour ?? ''}`;
}

/** Whether each pod has a server of its own, as only those need that are not well and say so. */
export function answersForItself({ behaviour }: MatrixCase): boolean {
  return behaviour === '-unhealthy';
}

/** Pods that a PodDisruptionBudget of the matrix asks for. */
export function declaredMinimum({ guard, replicas }: MatrixCase): number {
  return guard === 'pdb' ? Math.max(1, Math.floor(replicas / 2)) : replicas;
}

/** A crash is seen as the container that ended, or a moment later as the one that started again. */
export const crashing = /restart|: Error/;
