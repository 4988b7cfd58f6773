import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import type { Target } from '../../domain/target.ts';
import { findAutoscalers } from './autoscaler.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, placeOf } from './deployment.ts';
import { failure } from './failures.ts';
import { findScaler, isMadeFor } from './find-scaler.ts';
import { decidePause } from './pause-decisions.ts';
import { startReflector } from './reflector.ts';
import { retryConflicts } from './retry-conflicts.ts';
import type { Settings } from './scaler.ts';
import type { PauseAutoscalerInput, PausedAutoscaler } from './types.ts';
import { watchUntil } from './watch-until.ts';

/** KEDA acts within a second or two; its operator may just be restarting. */
const kedaPatienceSeconds = 20;

/**
 * An HPA is pinned to this many replicas, and pinned anew by a call with another number (it would
 * undo any other); to more where `neverLower` finds more; a ScaledObject is paused at whatever there is. What was there before is kept on
 * the autoscaler: a repeated call answers the same `recorded`. Throws `Forbidden`, `Conflict` (also
 * when KEDA does not let go) and `ReleaseRefused` when two autoscalers scale the Deployment.
 *
 * Changed by somebody since the same release paused it, it stays as they want it, so that going
 * back is never blocked by it; whether it moves replicas then shows in the endpoints, and
 * restoring answers `leftAlone`.
 */
export async function pauseAutoscaler(
  clients: ClusterClients,
  input: PauseAutoscalerInput,
): Promise<PausedAutoscaler | undefined> {
  if (input.neverLower !== true) return pauseAt(clients, input);
  for (let { replicas } = input; ;) {
    const live = await liveReplicas(clients, input.target);
    replicas = Math.max(replicas, live);
    const paused = await pauseAt(clients, { ...input, replicas });
    // It may have scaled up once more between the look and the pause.
    if (paused === undefined || (await liveReplicas(clients, input.target)) <= replicas)
      return paused && { ...paused, replicas };
  }
}

async function pauseAt(
  clients: ClusterClients,
  input: PauseAutoscalerInput,
): Promise<PausedAutoscaler | undefined> {
  const place = placeOf(input.target);
  const { paused, isHeld } = await retryConflicts(place, () => pauseOnce(clients, input), 'autoscaler');
  if (isHeld && paused?.kind === 'ScaledObject') await untilKedaLetsGo(clients, input.target, paused.name);
  return paused;
}

async function liveReplicas(clients: ClusterClients, target: Target): Promise<number> {
  const { spec } = await clients.apps.readNamespacedDeploymentScale(deploymentRef(target));
  return spec?.replicas ?? 0;
}

interface Paused {
  readonly paused: PausedAutoscaler | undefined;
  readonly isHeld: boolean;
}

async function pauseOnce(
  clients: ClusterClients,
  { target, replicas, key }: PauseAutoscalerInput,
): Promise<Paused> {
  const scaler = await findScaler(clients, target);
  if (scaler === undefined) return { paused: undefined, isHeld: false };
  const { decision, record } = decidePause(scaler, scaler.pinned(replicas), key);
  if (decision === 'write') await scaler.write(record.written, record);
  const { kind, name } = scaler;
  const paused = { kind, name, written: present(record.written), recorded: record.recorded };
  return { paused, isHeld: decision !== 'leftAlone' };
}

/** KEDA deletes the HPA it made; until then that HPA would undo every change of the replicas. */
async function untilKedaLetsGo(clients: ClusterClients, target: Target, name: string): Promise<void> {
  const ref = deploymentRef(target);
  const { namespace } = ref;
  const theirs = (await findAutoscalers(clients, ref)).filter((each) => isMadeFor(each));
  if (theirs.length === 0) return;
  const isGone = await watchUntil<true>({
    place: placeOf(target),
    what: `the pause of ScaledObject ${name}`,
    deadline: Date.now() + kedaPatienceSeconds * 1000,
    start: (onChange, signal) => {
      const autoscalers = startReflector<V2HorizontalPodAutoscaler>({
        watch: clients.watch,
        path: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
        selector: { labelSelector: '' },
        list: () => clients.autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace }),
        onChange,
        signal,
      });
      const isLeft = (): boolean =>
        autoscalers.items().some((each) => theirs.some((one) => one.metadata?.uid === each.metadata?.uid));
      return { reflectors: [autoscalers], look: () => (isLeft() ? undefined : true) };
    },
  });
  if (isGone === true) return;
  const message = `ScaledObject ${name} is marked as paused and KEDA has not removed its HorizontalPodAutoscaler after ${kedaPatienceSeconds} s. It is tried again; see that KEDA's operator runs, and that its version knows the annotation autoscaling.keda.sh/paused.`;
  throw failure(failureTypes.conflict, placeOf(target), message, true);
}

function present(settings: Settings): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
