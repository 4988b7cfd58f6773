/** The Service between the pods and those who call them. */
import { aboutRollout, type DiagnosisRule, type Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation, ServiceFact } from './diagnosis-observation.ts';
import { inNamespace, listed } from './diagnosis-look.ts';

type Words = Omit<Found, 'about' | 'evidence'>;

export const trafficRules: readonly DiagnosisRule[] = [
  {
    id: 'service-missing',
    look: service(
      ({ exists }) => !exists,
      ({ name }, seen) => ({
        headline: `Service ${name} does not exist in ${seen.namespace}, so nothing reaches the pods`,
        cause: 'It was deleted, or "kubernetesService" in fairway.yaml names another one.',
        remedy: `Create it, or correct the name: kubectl get services ${inNamespace(seen)}.`,
      }),
    ),
  },
  {
    id: 'service-selects-nothing',
    look: service(
      ({ exists, selectsPods }) => exists && !selectsPods,
      ({ name, selector }, seen) => ({
        headline: `Service ${name} selects ${selector === '' ? 'no pods at all' : selector}, which the pods of ${seen.deployment} do not carry`,
        cause: "The Service's selector and the labels of the pod template differ.",
        remedy: `Make them agree: kubectl get service ${name} ${inNamespace(seen)} -o jsonpath='{.spec.selector}'; kubectl get pods ${inNamespace(seen)} --show-labels.`,
      }),
    ),
  },
  {
    id: 'service-target-port-unknown',
    look: service(
      ({ exists, unknownTargetPorts }) => exists && unknownTargetPorts.length > 0,
      ({ name, unknownTargetPorts }, seen) => ({
        headline: `Service ${name} sends to a port that no container has: ${listed(unknownTargetPorts)}`,
        cause: "The Service's targetPort names a port that the pod template does not declare.",
        remedy: `Correct targetPort, or the container's ports: kubectl edit service ${name} ${inNamespace(seen)}.`,
      }),
    ),
  },
  {
    id: 'no-ready-endpoints',
    look: service(
      ({ exists, readyEndpoints }, seen) =>
        exists && readyEndpoints === 0 && (seen.rollout.deployment?.desired ?? 0) > 0,
      ({ name }, seen) => ({
        headline: `Service ${name} has no ready endpoint: every request fails`,
        cause: 'No pod that it selects is ready.',
        remedy: `See its endpoints: kubectl get endpointslices ${inNamespace(seen)} -l kubernetes.io/service-name=${name}.`,
      }),
      aboutRollout,
    ),
  },
];

function service(
  matches: (service: ServiceFact, seen: DiagnosisObservation) => boolean,
  words: (service: ServiceFact, seen: DiagnosisObservation) => Words,
  about = 'service',
): DiagnosisRule['look'] {
  return (seen) => {
    if (seen.service?.state !== 'seen' || !matches(seen.service.value, seen)) return [];
    const { value } = seen.service;
    const detail = value.exists
      ? `selector ${value.selector || 'none'}, ${value.readyEndpoints} ready endpoints`
      : 'not found by the API server';
    return [{ about, ...words(value, seen), evidence: [{ subject: `Service ${value.name}`, detail }] }];
  };
}
