/** The words of pre-flight's simpler problems. */
import { parseImageReference } from '../../domain/image.ts';
import type { Problem } from '../../domain/observation.ts';
import type { Target } from '../../domain/target.ts';
import { messageOf } from './failures.ts';

export function checkImage(image: string): readonly Problem[] {
  const parsed = parseImageReference(image);
  if (parsed.ok) return [];
  const remedy = 'correct "image" of the service in fairway.yaml, or the version that was asked for';
  return [{ rule: 'image-invalid', message: parsed.reason, remedy }];
}

export function credentialsRejected({ environment }: Target, error: unknown): Problem {
  return {
    rule: 'credentials-rejected',
    message: `cluster ${environment.cluster} does not accept this worker's credentials: ${messageOf(error)}`,
    remedy: "renew the credentials in the worker's kubeconfig",
  };
}

export function namespaceMissing({ environment }: Target): Problem {
  return {
    rule: 'namespace-missing',
    message: `cluster ${environment.cluster} has no namespace ${environment.namespace}`,
    remedy: `create it, or correct "namespace" of environment ${environment.name} in fairway.yaml`,
  };
}

export function namespaceTerminating({ environment }: Target): Problem {
  return {
    rule: 'namespace-terminating',
    message: `namespace ${environment.namespace} is being deleted`,
    remedy: 'create it anew when it is gone, and install the service',
  };
}

export function deploymentMissing({ service, environment }: Target): Problem {
  return {
    rule: 'deployment-missing',
    message: `there is no Deployment ${service.deployment} in namespace ${environment.namespace}`,
    remedy: `install the service first, or correct "deployment" of service ${service.name} in fairway.yaml`,
  };
}

export function serviceMissing({ service, environment }: Target): Problem {
  return {
    rule: 'service-missing',
    message: `there is no Service ${service.kubernetesService} in namespace ${environment.namespace}`,
    remedy: `install it first, or correct "kubernetesService" of service ${service.name} in fairway.yaml`,
  };
}
