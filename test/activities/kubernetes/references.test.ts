import { expect, test } from '@jest/globals';
import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { referencesOf } from '../../../src/activities/kubernetes/references.ts';

function pod(container: Partial<V1Container>, spec: Partial<V1PodSpec> = {}): V1PodSpec {
  return { containers: [{ name: 'c', ...container }], ...spec };
}

test.each<[string, V1PodSpec, readonly string[], readonly string[]]>([
  [
    'envFrom',
    pod({ envFrom: [{ secretRef: { name: 's' } }, { configMapRef: { name: 'c' } }] }),
    ['s'],
    ['c'],
  ],
  [
    'env',
    pod({
      env: [
        { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
      ],
    }),
    ['s'],
    ['c'],
  ],
  [
    'volumes',
    pod(
      {},
      {
        volumes: [
          { name: 'v', secret: { secretName: 's' } },
          { name: 'w', configMap: { name: 'c' } },
        ],
      },
    ),
    ['s'],
    ['c'],
  ],
  [
    'projected volumes',
    pod(
      {},
      {
        volumes: [
          { name: 'v', projected: { sources: [{ secret: { name: 's' } }, { configMap: { name: 'c' } }] } },
        ],
      },
    ),
    ['s'],
    ['c'],
  ],
  ['image pull secrets', pod({}, { imagePullSecrets: [{ name: 's' }] }), ['s'], []],
  [
    'init containers',
    pod({}, { initContainers: [{ name: 'i', envFrom: [{ secretRef: { name: 's' } }] }] }),
    ['s'],
    [],
  ],
  [
    'optional references, which may be missing',
    pod(
      { envFrom: [{ secretRef: { name: 's', optional: true } }] },
      { volumes: [{ name: 'v', secret: { secretName: 't', optional: true } }] },
    ),
    [],
    [],
  ],
  ['nothing', pod({}), [], []],
])('%s: what must exist is found', (_title, spec, secrets, configMaps) => {
  expect(referencesOf(spec)).toEqual({ secrets, configMaps });
});

test('one that is optional in one place and needed in another is needed', () => {
  const spec = pod({ envFrom: [{ secretRef: { name: 's', optional: true } }, { secretRef: { name: 's' } }] });
  expect(referencesOf(spec).secrets).toEqual(['s']);
});
