import type { V1Deployment, V1Service } from '@kubernetes/client-node';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import type { ObservedTarget, PreflightReport, Problem } from '../../domain/observation.ts';
import type { HelmReader } from '../helm/types.ts';
import { permissionsForChart } from './chart-permissions.ts';
import { checkDeployment } from './check-deployment.ts';
import { checkHelm, type HelmCheck } from './check-helm.ts';
import { checkPermissions } from './check-permissions.ts';
import { checkReferences } from './check-references.ts';
import { checkService } from './check-service.ts';
import type { ClusterClients } from './clients.ts';
import { containerNamed, deploymentRef, ownedReplicaSets, placeOf } from './deployment.ts';
import { statusOf, toFailure } from './failures.ts';
import { look, valueOf } from './look.ts';
import { observeSurroundings, surroundingsPermissions } from './observe-surroundings.ts';
import { observeCluster } from './observe-target.ts';
import type { Permission } from './permissions.ts';
import { permissionsForReferences, releasePermissions, rollbackPermissions } from './permissions.ts';
import {
  checkImage,
  credentialsRejected,
  deploymentMissing,
  namespaceMissing,
  namespaceTerminating,
  serviceMissing,
} from './preflight-problems.ts';
import { referencesOf } from './references.ts';
import { trackPermissions } from './track-permissions.ts';
import type { PreflightInput } from './types.ts';

export interface PreflightDeps {
  readonly clients: ClusterClients;
  readonly helm: HelmReader;
  /** Rights that a release of this target uses in other systems' activities. */
  readonly furtherPermissions: readonly Permission[];
}

const nothingOfHelm: HelmCheck = { problems: [] };

/** Changes nothing and answers every problem at once. Throws only `ClusterUnreachable`. */
export async function preflight(deps: PreflightDeps, input: PreflightInput): Promise<PreflightReport> {
  const fromImage = input.image === undefined ? [] : checkImage(input.image);
  try {
    const report = await inspect(deps, input);
    return { ...report, problems: [...fromImage, ...report.problems] };
  } catch (error) {
    const place = placeOf(input.target);
    if (statusOf(error) === 401)
      return { problems: [...fromImage, credentialsRejected(input.target, error)] };
    const failure = toFailure(error, place);
    if (!(failure instanceof ApplicationFailure) || failure.type === failureTypes.clusterUnreachable)
      throw failure;
    // Whatever else a cluster answers is a reason not to start, not a reason to crash.
    const problem = {
      rule: 'cannot-look',
      message: failure.message,
      remedy: 'remove the cause, then start again',
    };
    return { problems: [...fromImage, problem] };
  }
}

async function inspect(
  deps: PreflightDeps,
  { target, image, strategy }: PreflightInput,
): Promise<PreflightReport> {
  const { clients, helm } = deps;
  const { namespace } = target.environment;
  const tracks = strategy === 'canary' || strategy === 'blueGreen';
  const [rights, space] = await Promise.all([
    checkPermissions(clients, namespace, [
      ...releasePermissions,
      ...(tracks ? [...trackPermissions, ...surroundingsPermissions] : []),
      ...(image === undefined ? rollbackPermissions : []),
      ...deps.furtherPermissions,
    ]),
    look(() => clients.core.readNamespace({ name: namespace })),
  ]);
  if (space.state === 'missing') return { problems: [namespaceMissing(target)] };

  const ref = deploymentRef(target);
  const [deploymentLook, serviceLook] = await Promise.all([
    look(() => clients.apps.readNamespacedDeployment(ref)),
    look(() => clients.core.readNamespacedService({ name: target.service.kubernetesService, namespace })),
  ]);
  const deployment = valueOf(deploymentLook);
  const service = valueOf(serviceLook);
  const liveImage = deployment && containerNamed(deployment, target.service.container)?.image;
  const [references, selection, release] = await Promise.all([
    deployment === undefined ? [] : referencesAndTheirRights(clients, namespace, deployment),
    deployment === undefined || service === undefined ? [] : checkSelection(clients, deployment, service),
    // Without the right to Helm's Secrets, helm could only say again what is said already.
    rights.some(({ resource }) => resource === 'secrets')
      ? nothingOfHelm
      : checkHelm(helm, {
          target,
          ...(image === undefined ? {} : { image }),
          now: new Date(),
          ...(liveImage === undefined ? {} : { liveImage }),
          ...(deployment === undefined ? {} : { liveReplicas: deployment.spec?.replicas ?? 1 }),
        }),
  ]);

  const chartRights = await checkPermissions(
    clients,
    namespace,
    await permissionsForChart(clients, release.kinds ?? []),
  );

  const terminating = valueOf(space)?.status?.phase === 'Terminating';
  const problems = [
    ...[...rights, ...chartRights].map(({ problem }) => problem),
    ...(terminating ? [namespaceTerminating(target)] : []),
    ...(deploymentLook.state === 'missing' ? [deploymentMissing(target)] : []),
    ...(deployment === undefined ? [] : checkDeployment(deployment, target)),
    ...(serviceLook.state === 'missing' ? [serviceMissing(target)] : []),
    ...selection,
    ...references,
    ...release.problems,
  ];
  const visible = rights.length === 0 && liveImage !== undefined && service !== undefined;
  if (!visible) return { problems };
  const observed: ObservedTarget = {
    ...(await observeCluster(clients, target)),
    ...(release.release === undefined ? {} : { helm: release.release }),
    ...(tracks ? { surroundings: await observeSurroundings(clients, target) } : {}),
  };
  return { problems, observed };
}

async function referencesAndTheirRights(
  clients: ClusterClients,
  namespace: string,
  deployment: V1Deployment,
): Promise<readonly Problem[]> {
  const spec = deployment.spec?.template.spec;
  if (spec === undefined) return [];
  const references = referencesOf(spec);
  const [rights, missing] = await Promise.all([
    checkPermissions(clients, namespace, permissionsForReferences(references)),
    checkReferences(clients, namespace, references),
  ]);
  return [...rights.map(({ problem }) => problem), ...missing];
}

async function checkSelection(
  clients: ClusterClients,
  deployment: V1Deployment,
  service: V1Service,
): Promise<readonly Problem[]> {
  const labelSelector = Object.entries(service.spec?.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const namespace = service.metadata?.namespace ?? '';
  const [replicaSets, pods] = await Promise.all([
    look(() => ownedReplicaSets(clients, deployment)),
    look(() => clients.core.listNamespacedPod({ namespace, labelSelector })),
  ]);
  // Without these rights, which are a problem of their own, nobody's pods can be told apart.
  if (replicaSets.state !== 'found' || pods.state !== 'found') return [];
  return checkService({ service, deployment, replicaSets: replicaSets.value, selected: pods.value.items });
}
