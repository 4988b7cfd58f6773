/** Clients for one cluster. Constructed only by the worker and by tests. */
import {
  AppsV1Api,
  AuthorizationV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  DiscoveryV1Api,
  KubeConfig,
  PolicyV1Api,
  ServerConfiguration,
  Watch,
  createConfiguration,
} from '@kubernetes/client-node';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import { keptConnections } from './kept-connections.ts';
import { boundRequests } from './request-limits.ts';

export interface ClusterClients {
  /** kube context, for messages. */
  readonly context: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly autoscaling: AutoscalingV2Api;
  readonly authorization: AuthorizationV1Api;
  readonly batch: BatchV1Api;
  readonly discovery: DiscoveryV1Api;
  readonly policy: PolicyV1Api;
  /** Objects that the client has no types for, or whose unknown fields must survive. */
  readonly custom: CustomObjectsApi;
  readonly watch: Watch;
}

/**
 * Every request of these clients ends after `requestTimeoutSeconds` and on cancellation of the
 * activity that makes it. Throws `UnknownTarget` when the kubeconfig has no such context.
 */
export function createClusterClients(kubeConfig: KubeConfig, context: string): ClusterClients {
  const ofContext = selectContext(kubeConfig, context);
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(ofContext.getCurrentCluster()?.server ?? '', {}),
    authMethods: { default: keptConnections(ofContext) },
    promiseMiddleware: [boundRequests],
  });
  return {
    context,
    core: new CoreV1Api(configuration),
    apps: new AppsV1Api(configuration),
    autoscaling: new AutoscalingV2Api(configuration),
    authorization: new AuthorizationV1Api(configuration),
    batch: new BatchV1Api(configuration),
    discovery: new DiscoveryV1Api(configuration),
    policy: new PolicyV1Api(configuration),
    custom: new CustomObjectsApi(configuration),
    watch: new Watch(ofContext),
  };
}

/** A kubeconfig whose current context is this one; the given kubeconfig stays as it is. */
function selectContext(kubeConfig: KubeConfig, context: string): KubeConfig {
  const selected = new KubeConfig();
  selected.loadFromOptions({
    clusters: kubeConfig.clusters,
    users: kubeConfig.users,
    contexts: kubeConfig.contexts,
    currentContext: context,
  });
  if (selected.getCurrentCluster() !== null) return selected;
  const known = kubeConfig.contexts.map(({ name }) => name).join(', ') || 'none';
  throw ApplicationFailure.create({
    type: failureTypes.unknownTarget,
    nonRetryable: true,
    message: `The kubeconfig of this worker has no usable context "${context}" (it has: ${known}). Add it, or correct "cluster" of the environment in fairway.yaml.`,
  });
}
