import type { V1Deployment } from '@kubernetes/client-node';
import { Context } from '@temporalio/activity';
import type { Trouble } from '../../domain/rollout-trouble.ts';
import type { EndpointCount } from '../../domain/track.ts';
import type { ClusterClients } from './clients.ts';
import { countEndpoints } from './count-endpoints.ts';
import type { FamilyCount } from './count-endpoints.ts';
import { deploymentRef, placeOf } from './deployment.ts';
import { startExpectedPods } from './expected-pods.ts';
import { startServiceSlices } from './service-slices.ts';
import type { AwaitEndpointsInput, AwaitEndpointsResult } from './types.ts';
import { watchUntil } from './watch-until.ts';
import type { WatchedView } from './watch-until.ts';

const maxNamed = 5;

/**
 * Answers the moment the Service's EndpointSlices hold what is expected, in every address family, or pods that
 * are still missing there are seen to fail, by the rules of a rollout. Reads only. The time counts from when the
 * activity was first scheduled, so that a retry does not get it all again; of a return, it begins anew whenever the
 * cluster can be seen again. Throws `NotFound` (no Deployment), `Forbidden`, `ClusterUnreachable` (still
 * away at the end). Heartbeats the counts.
 */
export async function awaitEndpoints(
  clients: ClusterClients,
  input: AwaitEndpointsInput,
): Promise<AwaitEndpointsResult> {
  const { target, others = 'none', timeoutSeconds } = input;
  const { name, namespace } = deploymentRef(target);
  const startedAt = input.startedAt ?? Context.current().info.scheduledTimestampMs;
  const elapsed = (): number => Math.round((Date.now() - startedAt) / 1000);
  const deployment = await clients.apps.readNamespacedDeployment({ name, namespace });
  const expected = await resolved(clients, input);
  const service = target.service.kubernetesService;

  let families: readonly FamilyCount[] = [];
  const answer = await watchUntil<'proven' | Trouble>({
    place: placeOf(target),
    what: `the endpoints of Service ${service}`,
    deadline: startedAt + timeoutSeconds * 1000,
    ...(input.isReturn ? { anewSeconds: timeoutSeconds } : {}),
    start: (onChange, signal) => {
      const names = expected.filter(({ ready }) => ready > 0).map((each) => each.deployment);
      const view = startView({ clients, deployment, service, names, onChange, signal });
      return {
        reflectors: view.reflectors,
        progress: () => worstOf(families, expected, others)?.counts ?? [],
        look: () => {
          families = view.count();
          if (isProven(families, expected, others)) return 'proven';
          return view.trouble(shortOf(families, expected));
        },
      };
    },
  });
  if (answer === 'proven') return { outcome: 'proven', seconds: elapsed() };

  const worst = worstOf(families, expected, others) ?? { counts: [], others: [] };
  if (answer !== undefined) return { outcome: 'failed', ...answer, seen: worst.counts };
  const reason = `after ${elapsed()} s Service ${service} sends requests to ${describeAll(worst)}; expected are ${describeCounts(expected)}${others === 'none' ? ' and no others' : ''}`;
  return { outcome: 'timedOut', reason, seen: worst.counts };
}

/** Names of the Deployments of which an address family has too few: their pods are waited for. */
function shortOf(families: readonly FamilyCount[], expected: readonly EndpointCount[]): readonly string[] {
  const fewest = (name: string): number =>
    Math.min(
      ...orNone(families).map(({ counts }) => counts.find((each) => each.deployment === name)?.ready ?? 0),
    );
  return expected
    .filter(({ deployment, ready }) => fewest(deployment) < ready)
    .map((each) => each.deployment);
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

interface ViewOptions {
  readonly clients: ClusterClients;
  readonly deployment: V1Deployment;
  readonly service: string;
  /** Names of the Deployments whose pods are waited for. */
  readonly names: readonly string[];
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

interface EndpointView {
  readonly reflectors: WatchedView<never>['reflectors'];
  count(): readonly FamilyCount[];
  /** Why pods of these Deployments will not come. */
  trouble(names: readonly string[]): Trouble | undefined;
}

function startView({ clients, deployment, service, names, onChange, signal }: ViewOptions): EndpointView {
  const namespace = deployment.metadata?.namespace ?? '';
  const slices = startServiceSlices({ clients, namespace, service, onChange, signal });
  const pods = startExpectedPods({ clients, deployment, names, onChange, signal });
  return {
    reflectors: [slices, ...pods.reflectors],
    count: () =>
      countEndpoints({ slices: slices.items(), pods: pods.pods(), replicaSets: pods.replicaSets() }),
    trouble: pods.trouble,
  };
}

type Others = NonNullable<AwaitEndpointsInput['others']>;

function isProven(
  families: readonly FamilyCount[],
  expected: readonly EndpointCount[],
  others: Others,
): boolean {
  return orNone(families).every((family) => holds(family, expected, others));
}

function orNone(families: readonly FamilyCount[]): readonly FamilyCount[] {
  return families.length === 0 ? [{ counts: [], others: [] }] : families;
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
