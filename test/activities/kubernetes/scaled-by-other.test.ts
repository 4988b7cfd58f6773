import { expect, test } from '@jest/globals';
import type { V1Deployment } from '@kubernetes/client-node';
import { scaledByOther } from '../../../src/activities/kubernetes/scaled-by-other.ts';
import type { ShiftTrafficInput } from '../../../src/activities/kubernetes/types.ts';
import { aTarget } from '../../support/a-target.ts';

function aDeployment(replicas: number, ...managers: readonly string[]): V1Deployment {
  const owns = { 'f:spec': { 'f:replicas': {} } };
  const others = { manager: 'kubectl-edit', fieldsV1: { 'f:metadata': {}, 'f:spec': { 'f:template': {} } } };
  const managedFields = [others, ...managers.map((manager) => ({ manager, fieldsV1: owns }))];
  return { metadata: { managedFields }, spec: { replicas } } as V1Deployment;
}

const { helm, ...raw } = aTarget().service;
const target = aTarget();
const shift: ShiftTrafficInput = {
  target: { ...target, service: raw },
  images: { stable: 'example/shop:4.0.0', canary: 'example/shop:4.1.0' },
  from: { stable: 2, canary: 1 },
  to: { stable: 1, canary: 2 },
  timeoutSeconds: 180,
};
const byHelm = {
  ...shift,
  target: { ...target, service: { ...raw, ...(helm === undefined ? {} : { helm }) } },
};
const { from: _from, ...goingBack } = { ...shift, to: { stable: 3, canary: 0 }, withdraw: { minimum: 3 } };

const table: readonly {
  readonly title: string;
  readonly found: V1Deployment;
  readonly input?: ShiftTrafficInput;
  readonly by?: string;
}[] = [
  {
    title: 'what the release left there is its own, whoever wrote it first',
    found: aDeployment(2, 'kubectl'),
  },
  { title: 'what it wants there needs no change', found: aDeployment(1, 'kubectl') },
  { title: 'what an earlier try of it wrote is its own', found: aDeployment(4, 'fairway') },
  { title: 'another number by another hand is theirs', found: aDeployment(5, 'kubectl'), by: 'kubectl' },
  { title: 'a number that nobody wrote says nothing', found: aDeployment(5) },
  {
    title: 'helm is a hand where helm does not manage the target',
    found: aDeployment(5, 'helm'),
    by: 'helm',
  },
  { title: 'helm writes its chart’s number with each upgrade', found: aDeployment(5, 'helm'), input: byHelm },
  {
    title: 'an autoscaler that is held writes what it is held at',
    found: aDeployment(5, 'kube-controller-manager'),
    input: { ...shift, autoscalerKey: 'release-1' },
  },
  {
    title: 'on the way back, too, another number by another hand is theirs',
    found: aDeployment(5, 'argocd-controller'),
    input: goingBack,
    by: 'argocd-controller',
  },
  {
    title: 'on the way back from any step, the release’s own is its own',
    found: aDeployment(0, 'fairway'),
    input: goingBack,
  },
];

test.each(table)('$title', ({ found, input = shift, by }) => {
  const expected = by === undefined ? undefined : { replicas: found.spec?.replicas, by };
  expect(scaledByOther(found, input)).toEqual(expected);
});
