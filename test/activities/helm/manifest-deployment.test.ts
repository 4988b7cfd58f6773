import { expect, test } from '@jest/globals';
import { deploymentIn, withReplicas } from '../../../src/activities/helm/manifest-deployment.ts';

const names = { deployment: 'shop', container: 'app' };

function manifest(spec: string, name = 'shop'): string {
  return [
    '---',
    '# Source: shop/templates/config.yaml',
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata: { name: shop }',
    'data:',
    "  yes: 'on'",
    '  template: "{{ not ours }}"',
    '---',
    '# Source: shop/templates/deployment.yaml',
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    spec,
    '  template:',
    '    spec:',
    '      containers:',
    '        - name: app',
    '          image: "example/shop:4.0.0"',
    '      volumes:',
    '        - { name: files, configMap: { name: shop, defaultMode: 0644 } }',
    '---',
    'apiVersion: v1',
    'kind: Service',
    'metadata: { name: shop }',
    '',
  ].join('\n');
}

test.each<[string, string, string]>([
  ['written', '  replicas: 3', '  replicas: 10'],
  ['written, with a comment', '  replicas: 3 # by hand', '  replicas: 10 # by hand'],
  ['left out', '  minReadySeconds: 5', '  replicas: 10\n  minReadySeconds: 5'],
  ['written without a number', '  replicas:', '  replicas: 10'],
])('replicas that are %s are set, and every other character stays', (_title, before, after) => {
  const edited = withReplicas(manifest(before), 'shop', 10);
  expect(edited).toBe(manifest(after));
  expect(deploymentIn(edited ?? '', names)).toEqual({ image: 'example/shop:4.0.0', replicas: 10 });
});

test('a manifest without the Deployment, or that cannot be edited, is left', () => {
  expect(withReplicas(manifest('  replicas: 3', 'other'), 'shop', 10)).toBeUndefined();
  expect(deploymentIn(manifest('  replicas: 3', 'other'), names)).toBeUndefined();
  const flow = `kind: Deployment\nmetadata: {name: shop}\nspec: {replicas: 3, template: {spec: {containers: []}}}\n`;
  expect(withReplicas(flow, 'shop', 10)).toBeUndefined();
});

test('a container that is not there has no image', () => {
  expect(deploymentIn(manifest('  minReadySeconds: 5'), { ...names, container: 'sidecar' })).toEqual({});
});
