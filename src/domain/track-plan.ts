/** What canary and blue/green plans have in common: the second Deployment, and what is in its way. */
import type { AutoscalerRef, ObservedTarget } from './observation.ts';
import { refuse, type Refusal } from './refusal.ts';
import { templateHashKey, type Selector } from './service-selector.ts';
import type { Target } from './target.ts';
import { trackDeployment, trackLabel, type Track } from './track.ts';

/** The Deployment that the release makes: the live pod template with the new image and these labels. */
export interface PlannedTrack {
  readonly track: Track;
  /** Its name. */
  readonly deployment: string;
  /** Labels that its pods carry besides those of the live template. */
  readonly labels: Selector;
  /** Its own selector. */
  readonly selector: Selector;
}

export function plannedTrack({ deployment }: ObservedTarget, track: Track): PlannedTrack {
  const labels = { [trackLabel]: track };
  return {
    track,
    deployment: trackDeployment(deployment.name, track),
    labels,
    selector: { ...deployment.selector, ...labels },
  };
}

/** Labels that a chart gives a new value with each release. */
const chartKeys = ['app.kubernetes.io/version', 'helm.sh/chart'];

export function trackRefusal(target: Target, observed: ObservedTarget): Refusal | undefined {
  return (
    selectorRefusal(target, observed) ??
    wholenessRefusal(target, observed) ??
    companyRefusal(target, observed)
  );
}

function selectorRefusal({ service, environment }: Target, observed: ObservedTarget): Refusal | undefined {
  const { name, selector } = observed.service;
  const keys = Object.keys(selector);
  const pin = keys.find((key) => key === templateHashKey || key === trackLabel);
  if (pin !== undefined) {
    const path = `/spec/selector/${pin.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return refuse(
      'selector-pinned',
      `Service ${name} is still pinned to ${pin}=${selector[pin] ?? ''}, which another release left behind: new pods would get no traffic`,
      `see that no release is running, then kubectl patch service ${name} -n ${environment.namespace} --type=json -p '[{"op":"remove","path":"${path}"}]'`,
    );
  }
  const changing = service.update === 'helm' ? keys.find((key) => chartKeys.includes(key)) : undefined;
  if (changing !== undefined) {
    return refuse(
      'selector-changes-with-release',
      `Service ${name} selects by ${changing}, which the chart changes with the version: it would leave the running pods at once`,
      `take ${changing} out of the selector in the chart, or release with "strategy": "standard"`,
    );
  }
  if (observed.deployment.selector[trackLabel] !== undefined) {
    return refuse(
      'track-label-taken',
      `the selector of Deployment ${observed.deployment.name} holds ${trackLabel}, which tells a release's pods from the target's own`,
      `name the target's own Deployment as "deployment" of service ${service.name} in fairway.yaml`,
    );
  }
  return undefined;
}

function wholenessRefusal({ environment }: Target, observed: ObservedTarget): Refusal | undefined {
  const { name, replicas, availableReplicas } = observed.deployment;
  const updated = observed.surroundings?.updatedReplicas ?? replicas;
  if (availableReplicas >= replicas && updated >= replicas) return undefined;
  return refuse(
    'target-not-whole',
    `of ${replicas} pods of Deployment ${name} ${availableReplicas} are available and ${updated} are of its present template: there is no sound version to compare with or to go back to`,
    `repair it first: wait (kubectl rollout status deployment/${name} -n ${environment.namespace}), or use a standard deployment`,
  );
}

function companyRefusal({ environment }: Target, observed: ObservedTarget): Refusal | undefined {
  const { autoscalers = [], leftoverTracks = [] } = observed.surroundings ?? {};
  if (autoscalers.length > 1) {
    return refuse(
      'two-autoscalers',
      `Deployment ${observed.deployment.name} is scaled by ${autoscalers.map(({ kind, name }) => `${kind} ${name}`).join(' and ')}: they overrule each other, and one of them would undo the release's scaling`,
      'keep one of them',
    );
  }
  if (leftoverTracks.length > 0) {
    const names = leftoverTracks.join(', ');
    return refuse(
      'track-left-over',
      `there is a Deployment ${names} already: another release left it, or somebody made it by hand`,
      `find out whose it is, then kubectl delete deployment ${leftoverTracks.join(' ')} -n ${environment.namespace}`,
    );
  }
  return undefined;
}

/** The quota that keeps this many more pods from starting, in words. */
export function roomRefusal(observed: ObservedTarget, needed: number): Refusal | undefined {
  const room = observed.surroundings?.podRoom;
  if (room === undefined || room.pods >= needed) return undefined;
  return refuse(
    'no-room',
    `the release needs room for ${needed} more ${needed === 1 ? 'pod' : 'pods'} before it may take any away, and ${room.because} leaves room for ${room.pods}`,
    'raise the quota, or free some of it',
  );
}

/** What is held still meanwhile: KEDA's ScaledObject where there is one, for it would undo a change of its HPA. */
export function autoscalerOf({ autoscaler, surroundings }: ObservedTarget): AutoscalerRef | undefined {
  const [found] = surroundings?.autoscalers ?? [];
  if (found !== undefined) return found;
  if (autoscaler === undefined) return undefined;
  const { minReplicas: _min, maxReplicas: _max, ...rest } = autoscaler;
  return { kind: 'HorizontalPodAutoscaler', ...rest };
}
