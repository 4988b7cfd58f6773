import type { CoreV1Event } from '@kubernetes/client-node';
import type { EventFact } from '../../domain/diagnosis-observation.ts';
import { excerpt } from '../../domain/redact.ts';
import type { ClusterClients } from '../kubernetes/clients.ts';
import { timeOf } from '../kubernetes/observe-condition.ts';
import { maxEvents } from './limits.ts';
import type { Looker } from './looker.ts';

export interface ObjectRef {
  readonly kind: 'Deployment' | 'ReplicaSet' | 'Pod' | 'Service' | 'PersistentVolumeClaim';
  readonly name: string;
}

/** Not warnings, and yet telling. */
const tellingReasons = ['Killing', 'Pulling', 'Pulled', 'NotTriggerScaleUp', 'TriggeredScaleUp'];
const messageLength = 400;

/** What the cluster says about these objects and no others, newest first. */
export async function eventsOf(
  { core }: Pick<ClusterClients, 'core'>,
  namespace: string,
  objects: readonly ObjectRef[],
  { options }: Looker,
): Promise<readonly EventFact[]> {
  const lists = await Promise.all(
    objects.map(({ kind, name }) =>
      core.listNamespacedEvent(
        {
          namespace,
          fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
          limit: maxEvents,
        },
        options,
      ),
    ),
  );
  return lists
    .flatMap(({ items }) => items)
    .filter(({ type, reason }) => type === 'Warning' || tellingReasons.includes(reason ?? ''))
    .map(eventFact)
    .sort((a, b) => b.lastAt - a.lastAt);
}

function eventFact(event: CoreV1Event): EventFact {
  const { involvedObject, reason = '', message = '', count, series } = event;
  const last = series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime;
  return {
    object: `${involvedObject.kind ?? ''} ${involvedObject.name ?? ''}`,
    reason,
    message: excerpt(message, messageLength),
    count: series?.count ?? count ?? 1,
    lastAt: timeOf(last) ?? timeOf(event.metadata.creationTimestamp) ?? 0,
  };
}
