import type { V1Deployment, V1EndpointSlice, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { Context } from '@temporalio/activity';
import type { EndpointCount } from '../../domain/track.ts';
import type { ClusterClients } from './clients.ts';
import { countEndpoints } from './count-endpoints.ts';
import type { FamilyCount } from './count-endpoints.ts';
import { deploymentRef, placeOf, selectorText } from './deployment.ts';
import { startReflector } from './reflector.ts';
import type { AwaitEndpointsInput, AwaitEndpointsResult } from './types.ts';
import { watchUntil } from './watch-until.ts';
import type { WatchedView } from './watch-until.ts';

const maxNamed = 5;

/**
 * Answers the moment the Service's EndpointSlices hold what is expected, in every address family.
 * Reads only. The time counts from when the activity was first scheduled, so that a retry does not
 * get it all again. Throws `NotFound` (no Deployment), `Forbidden`, `ClusterUnreachable` (still
 * away at the end). Heartbeats the counts.
 */
export async function awaitEndpoints(
  clients: ClusterClients,
  input: AwaitEndpointsInput,
): Promise<AwaitEndpointsResult> {
  const { target, others = 'none', timeoutSeconds } = input;
  const { name, namespace } = deploymentRef(target);
  const startedAt = Context.current().info.scheduledTimestampMs;
  const elapsed = (): number => Math.round((Date.now() - startedAt) / 1000);
  const deployment = await clients.apps.readNamespacedDeployment({ name, namespace });
  const expected = await resolved(clients, input);
  const service = target.service.kubernetesService;

  let families: readonly FamilyCount[] = [];
  const proven = await watchUntil({
    place: placeOf(target),
    what: `the endpoints of Service ${service}`,
    deadline: startedAt + timeoutSeconds * 1000,
    start: (onChange, signal) => {
      const view = startView(clients, deployment, service, onChange, signal);
      return {
        reflectors: view.reflectors,
        progress: () => worstOf(families, expected, others)?.counts ?? [],
        look: () => {
          families = view.count();
          return isProven(families, expected, others) ? true : undefined;
        },
      };
    },
  });
  if (proven === true) return { outcome: 'proven', seconds: elapsed() };

  const worst = worstOf(families, expected, others) ?? { counts: [], others: [] };
  const reason = `after ${elapsed()} s Service ${service} sends requests to ${describeAll(worst)}; expected are ${describeCounts(expected)}${others === 'none' ? ' and no others' : ''}`;
  return { outcome: 'timedOut', reason, seen: worst.counts };
}

/** With the numbers that were left to the Deployments. */
function resolved(
  clients: ClusterClients,
  { target, expected }: AwaitEndpointsInput,
): Promise<readonly EndpointCount[]> {
  const { namespace } = target.environment;
  return Promise.all(
    expected.map(async ({ deployment, ready }) => {
      if (ready !== undefined) return { deployment, ready };
      const { spec } = await clients.apps.readNamespacedDeployment({ name: deployment, namespace });
      return { deployment, ready: spec?.replicas ?? 1 };
    }),
  );
}

interface EndpointView {
  readonly reflectors: WatchedView<never>['reflectors'];
  count(): readonly FamilyCount[];
}

/** A track's pods and ReplicaSets carry all the labels that the target's own selector asks for. */
function startView(
  clients: ClusterClients,
  { metadata, spec }: V1Deployment,
  service: string,
  onChange: () => void,
  signal: AbortSignal,
): EndpointView {
  const { watch } = clients;
  const namespace = metadata?.namespace ?? '';
  const labelSelector = selectorText(spec?.selector);
  const ofService = `kubernetes.io/service-name=${service}`;
  const slices = startReflector<V1EndpointSlice>({
    watch,
    path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    selector: { labelSelector: ofService },
    list: () => clients.discovery.listNamespacedEndpointSlice({ namespace, labelSelector: ofService }),
    onChange,
    signal,
  });
  const replicaSets = startReflector<V1ReplicaSet>({
    watch,
    path: `/apis/apps/v1/namespaces/${namespace}/replicasets`,
    selector: { labelSelector },
    list: () => clients.apps.listNamespacedReplicaSet({ namespace, labelSelector }),
    onChange,
    signal,
  });
  const pods = startReflector<V1Pod>({
    watch,
    path: `/api/v1/namespaces/${namespace}/pods`,
    selector: { labelSelector },
    list: () => clients.core.listNamespacedPod({ namespace, labelSelector }),
    onChange,
    signal,
  });
  return {
    reflectors: [slices, replicaSets, pods],
    count: () =>
      countEndpoints({ slices: slices.items(), pods: pods.items(), replicaSets: replicaSets.items() }),
  };
}

type Others = NonNullable<AwaitEndpointsInput['others']>;

function isProven(
  families: readonly FamilyCount[],
  expected: readonly EndpointCount[],
  others: Others,
): boolean {
  const all = families.length === 0 ? [{ counts: [], others: [] }] : families;
  return all.every((family) => holds(family, expected, others));
}

function holds(family: FamilyCount, expected: readonly EndpointCount[], others: Others): boolean {
  const wanted = new Map(expected.map(({ deployment, ready }) => [deployment, ready]));
  const seen = new Map(family.counts.map(({ deployment, ready }) => [deployment, ready]));
  const names = others === 'any' ? wanted.keys() : new Set([...wanted.keys(), ...seen.keys()]);
  const isAlone = others === 'any' || family.others.length === 0;
  return isAlone && [...names].every((name) => (wanted.get(name) ?? 0) === (seen.get(name) ?? 0));
}

/** The family that holds the proof up, else any. */
function worstOf(
  families: readonly FamilyCount[],
  expected: readonly EndpointCount[],
  others: Others,
): FamilyCount | undefined {
  return families.find((family) => !holds(family, expected, others)) ?? families[0];
}

function describeAll({ counts, others }: FamilyCount): string {
  const more = others.length > maxNamed ? ` and ${others.length - maxNamed} more` : '';
  const besides = others.length === 0 ? '' : `, besides ${others.slice(0, maxNamed).join(', ')}${more}`;
  return `${describeCounts(counts)}${besides}`;
}

function describeCounts(counts: readonly EndpointCount[]): string {
  return (
    counts.map(({ deployment, ready }) => `${ready} ready pods of ${deployment}`).join(', ') ||
    'no ready pods'
  );
}
