import { isDeepStrictEqual } from 'node:util';
import { PatchStrategy, setHeaderOptions, type V1Pod } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import type { Target } from '../../domain/target.ts';
import type { ClusterClients } from './clients.ts';
import { fieldManager, placeOf, selectorText } from './deployment.ts';
import { failure } from './failures.ts';
import { holdDeployment, letGoDeployment } from './hold-deployment.ts';
import { retryConflicts } from './retry-conflicts.ts';
import type { SwitchServiceInput } from './types.ts';

/**
 * One patch that the API server applies only to the Service that was read: traffic never sees a
 * selector in between, and a person's change is never overwritten. Idempotent: `to` already is left
 * alone. Throws `NotFound`, `Forbidden`, `Conflict`, `ChangedByOther`.
 */
export async function switchService(
  clients: ClusterClients,
  { target, from, to, mustServe, hold, letGo }: SwitchServiceInput,
): Promise<{ readonly changed: boolean }> {
  if (hold !== undefined) await holdDeployment(clients, target, hold);
  const ref = { name: target.service.kubernetesService, namespace: target.environment.namespace };
  const attempt = async (): Promise<{ readonly changed: boolean }> => {
    const { metadata, spec } = await clients.core.readNamespacedService(ref);
    const selector = spec?.selector ?? {};
    if (isDeepStrictEqual(selector, { ...to })) return { changed: false };
    if (!isDeepStrictEqual(selector, { ...from })) {
      const message = `Service ${ref.name} selects ${text(selector)}; expected was ${text(from)} (to become ${text(to)}). Somebody changed it during the release: find out who and why, then set the selector that is meant.`;
      throw failure(failureTypes.changedByOther, placeOf(target), message);
    }
    if (mustServe === true) await assertServes(clients, target, to);
    const body = [
      // Answers 409 when somebody wrote since the read.
      { op: 'replace', path: '/metadata/resourceVersion', value: metadata?.resourceVersion },
      { op: 'replace', path: '/spec/selector', value: to },
    ];
    await clients.core.patchNamespacedService(
      { ...ref, body, fieldManager },
      setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
    );
    return { changed: true };
  };
  const switched = await retryConflicts(placeOf(target), attempt, 'Service');
  if (letGo !== undefined) await letGoDeployment(clients, target, letGo);
  return switched;
}

async function assertServes(
  clients: ClusterClients,
  target: Target,
  selector: SwitchServiceInput['to'],
): Promise<void> {
  const { namespace } = target.environment;
  const labelSelector = text(selector);
  const { items } = await clients.core.listNamespacedPod({ namespace, labelSelector });
  const isReady = ({ metadata, status }: V1Pod): boolean =>
    metadata?.deletionTimestamp === undefined &&
    status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') === true;
  if (items.some(isReady)) return;
  const message = `no ready pod carries ${labelSelector}: Service ${target.service.kubernetesService}, or the Deployment, was changed by somebody during the release, and the Service was left alone`;
  throw failure(failureTypes.changedByOther, placeOf(target), message);
}

function text(selector: Readonly<Record<string, string>>): string {
  return selectorText({ matchLabels: { ...selector } }) || 'nothing';
}
