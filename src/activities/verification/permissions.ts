import type { Reach } from '../../domain/check.ts';
import type { Permission } from '../kubernetes/permissions.ts';

const reads: readonly Permission[] = [
  {
    group: 'apps',
    resource: 'deployments',
    verbs: ['get', 'watch'],
    reason: 'read the replicas and the image',
  },
  { group: 'apps', resource: 'replicasets', verbs: ['list'], reason: "tell the target's pods from others" },
  { group: '', resource: 'pods', verbs: ['list', 'watch'], reason: 'look at every pod of the target' },
  { group: '', resource: 'pods', subresource: 'log', verbs: ['get'], reason: 'count error lines' },
];

/** A web socket is opened with a GET; newer API servers ask for `create` as well. */
const socketVerbs = ['get', 'create'];

const reaches: Readonly<Record<Reach, Permission>> = {
  portForward: {
    group: '',
    resource: 'pods',
    subresource: 'portforward',
    verbs: socketVerbs,
    reason: 'ask the pods over HTTP (reach: portForward)',
  },
  proxy: {
    group: '',
    resource: 'pods',
    subresource: 'proxy',
    verbs: ['get'],
    reason: 'ask the pods over HTTP (reach: proxy)',
  },
  exec: {
    group: '',
    resource: 'pods',
    subresource: 'exec',
    verbs: socketVerbs,
    reason: 'ask the pods over HTTP (reach: exec)',
  },
};

/** The least rights that a verification needs, by the way it reaches pods. */
export function verificationPermissions(reach: Reach): readonly Permission[] {
  return [...reads, reaches[reach]];
}
