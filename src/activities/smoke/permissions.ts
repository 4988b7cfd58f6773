import type { SmokeTest } from '../../domain/strategy-options.ts';
import type { Permission } from '../kubernetes/permissions.ts';

const reads: readonly Permission[] = [
  { group: 'apps', resource: 'deployments', verbs: ['get'], reason: 'find what is smoke-tested' },
  { group: 'apps', resource: 'replicasets', verbs: ['list'], reason: 'tell its pods from others' },
  { group: '', resource: 'pods', verbs: ['list'], reason: 'find a ready pod for smoke tests' },
];

const ofKind: Readonly<Record<SmokeTest['kind'], readonly Permission[]>> = {
  command: [
    {
      group: '',
      resource: 'pods',
      subresource: 'portforward',
      // A web socket is opened with a GET; newer API servers ask for `create` as well.
      verbs: ['get', 'create'],
      reason: 'forward a port to smoke-test commands',
    },
  ],
  job: [
    {
      group: 'batch',
      resource: 'jobs',
      verbs: ['create', 'list', 'watch', 'delete'],
      reason: 'run smoke tests as Jobs, find them again after a restart, and remove them',
    },
    { group: '', resource: 'pods', verbs: ['watch'], reason: 'see why a smoke test does not start' },
    {
      group: '',
      resource: 'pods',
      subresource: 'log',
      verbs: ['get'],
      reason: 'keep the last lines of a smoke test as evidence',
    },
  ],
};

/** The least rights that these smoke tests need; none for none. */
export function smokePermissions(tests: readonly Pick<SmokeTest, 'kind'>[]): readonly Permission[] {
  if (tests.length === 0) return [];
  const kinds = [...new Set(tests.map(({ kind }) => kind))];
  return [...reads, ...kinds.flatMap((kind) => ofKind[kind])];
}
