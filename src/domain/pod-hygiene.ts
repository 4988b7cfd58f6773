/** What a pod template lacks so that no request is lost while pods come and go: Fairway cannot add it. */
import type { ObservedDeployment } from './observation.ts';

export type Lack =
  /** A pod is ready the moment it runs. */
  | 'readinessProbe'
  /** Requests still come for a moment after a pod was told to end: nodes learn of it later. */
  | 'preStop'
  /** A pod counts as available the moment it is ready. */
  | 'minReadySeconds'
  /** The hook takes all the time that the pod has to end. */
  | 'gracePeriod';

const words: Readonly<Record<Lack, string>> = {
  readinessProbe: 'no readiness probe: they get requests the moment they run, whether they answer or not',
  preStop:
    'no preStop hook: one that ends gets requests until every node knows, and must answer them; a sleep of 5 to 15 s there does it for any server',
  gracePeriod:
    'a preStop hook that takes all of terminationGracePeriodSeconds: the server is killed with requests in its hands',
  minReadySeconds:
    'minReadySeconds 0: each counts as available as soon as it is ready, also one that crashes a second later',
};

/** For a plan, one line each; none where nothing is lacking. */
export function hygieneNotes({ name, lacks = [] }: ObservedDeployment): readonly string[] {
  return lacks.map((lack) => `Pods of ${name} have ${words[lack]}.`);
}
