import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { parseAllDocuments } from 'yaml';
import { toolsFolder } from '../support/cluster.ts';

const chart = fileURLToPath(new URL('../../profiles/tensafe/chart', import.meta.url));

async function helm(...args: readonly string[]): Promise<string> {
  const { stdout } = await execa(join(toolsFolder(), 'helm'), [...args]);
  return stdout;
}

interface Rendered {
  readonly kind: string;
  readonly spec?: Record<string, unknown>;
}

async function render(...args: readonly string[]): Promise<readonly Rendered[]> {
  const manifest = await helm('template', 'tensafe', chart, ...args);
  return parseAllDocuments(manifest).map((document) => document.toJS() as Rendered);
}

const of = (objects: readonly Rendered[], kind: string) => objects.find((object) => object.kind === kind);

test('the chart passes helm lint', async () => {
  expect(await helm('lint', '--strict', chart)).toContain('0 chart(s) failed');
});

test('what is immutable or sends traffic does not hold the version', async () => {
  const objects = await render('--set-string', 'image.tag=4.1.0');
  const labels = { 'app.kubernetes.io/name': 'tensafe', 'app.kubernetes.io/instance': 'tensafe' };
  expect(of(objects, 'Deployment')?.spec?.['selector']).toEqual({ matchLabels: labels });
  expect(of(objects, 'Service')?.spec?.['selector']).toEqual(labels);
});

test('with the autoscaler on, the chart leaves the number of pods to it', async () => {
  expect(of(await render(), 'HorizontalPodAutoscaler')).toBeUndefined();
  expect(of(await render(), 'Deployment')?.spec?.['replicas']).toBe(3);

  const scaled = await render('--set', 'autoscaling.enabled=true');
  expect(of(scaled, 'HorizontalPodAutoscaler')?.spec).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
  expect(of(scaled, 'Deployment')?.spec?.['replicas']).toBeUndefined();
});

test('pods get no token for the Kubernetes API unless it is asked for', async () => {
  const template = { spec: { automountServiceAccountToken: false } };
  expect(of(await render(), 'Deployment')?.spec).toMatchObject({ template });
  const asked = await render('--set', 'automountServiceAccountToken=true');
  expect(of(asked, 'Deployment')?.spec).toMatchObject({
    template: { spec: { automountServiceAccountToken: true } },
  });
});

test('a value that the chart does not know is refused', async () => {
  await expect(render('--set', 'image.tagg=4.1.0')).rejects.toThrow(
    "additional properties 'tagg' not allowed",
  );
});
