import { isDeepStrictEqual } from 'node:util';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import type { ClusterClients } from './clients.ts';
import { fieldManager, placeOf, selectorText } from './deployment.ts';
import { failure } from './failures.ts';
import { retryConflicts } from './retry-conflicts.ts';
import type { SwitchServiceInput } from './types.ts';

/**
 * One patch that the API server applies only to the Service that was read: traffic never sees a
 * selector in between, and a person's change is never overwritten. Idempotent: `to` already is left
 * alone. Throws `NotFound`, `Forbidden`, `Conflict`, `ChangedByOther`.
 */
export async function switchService(
  clients: ClusterClients,
  { target, from, to }: SwitchServiceInput,
): Promise<{ readonly changed: boolean }> {
  const ref = { name: target.service.kubernetesService, namespace: target.environment.namespace };
  const attempt = async (): Promise<{ readonly changed: boolean }> => {
    const { metadata, spec } = await clients.core.readNamespacedService(ref);
    const selector = spec?.selector ?? {};
    if (isDeepStrictEqual(selector, { ...to })) return { changed: false };
    if (!isDeepStrictEqual(selector, { ...from })) {
      const message = `Service ${ref.name} selects ${text(selector)}; expected was ${text(from)} (to become ${text(to)}). Somebody changed it during the release: find out who and why, then set the selector that is meant.`;
      throw failure(failureTypes.changedByOther, placeOf(target), message);
    }
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
  return retryConflicts(placeOf(target), attempt, 'Service');
}

function text(selector: Readonly<Record<string, string>>): string {
  return selectorText({ matchLabels: { ...selector } }) || 'nothing';
}
