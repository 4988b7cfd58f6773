/** The states of a namespace in the order in which the API server had them, whenever its watches told of them. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { stateOf, type Moment, type Place } from './moment.ts';

export interface Change {
  /** The resourceVersion as a number: one etcd counts the changes of all kinds. */
  readonly version: number;
  readonly kind: keyof Place;
  readonly name: string;
  /** Absent: it is no more. */
  readonly object?: KubernetesObject;
  /** When it was heard of; milliseconds since 1970. */
  readonly at: number;
}

export function emptyPlace(): Place {
  return {
    deployments: new Map(),
    pods: new Map(),
    services: new Map(),
    slices: new Map(),
    autoscalers: new Map(),
    scaledObjects: new Map(),
  };
}

export function apply(place: Place, { kind, name, object }: Change): void {
  const objects = place[kind] as Map<string, KubernetesObject>;
  if (object === undefined) objects.delete(name);
  else objects.set(name, object);
}

/** All changes up to the version `since` make the first moment. */
export function replay(changes: readonly Change[], since: number): readonly Moment[] {
  const place = emptyPlace();
  const moments: Moment[] = [];
  let at = 0;
  for (const change of changes.toSorted((a, b) => a.version - b.version)) {
    apply(place, change);
    at = Math.max(at, change.at);
    const moment = stateOf(place, at);
    if (change.version <= since) moments[0] = moment;
    else if (!isSame(moment, moments.at(-1))) moments.push(moment);
  }
  return moments;
}

function isSame({ at: _at, ...state }: Moment, last: Moment | undefined): boolean {
  return JSON.stringify(state) === JSON.stringify({ ...last, at: undefined });
}
