/** What Helm's storage holds of a release, revision by revision. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHelmReader } from '../../../src/activities/helm/index.ts';
import type { HelmReader } from '../../../src/activities/helm/types.ts';
import { useCluster } from '../../support/cluster.ts';
import { createHelmSandbox, helmBinary, inActivity, type HelmSandbox } from './helm-sandbox.ts';

const cluster = useCluster();
let sandbox: HelmSandbox;
let reader: HelmReader;

beforeAll(async () => {
  sandbox = await createHelmSandbox(cluster());
  reader = createHelmReader({ binary: helmBinary(), kubeconfig: sandbox.kubeconfig });
});

afterAll(() => sandbox.remove());

const revisions = () => inActivity(() => reader.listRevisions(sandbox.target()));

test('a release that was never installed has none', async () => {
  expect(await revisions()).toBeUndefined();
});

test('each revision tells its state, image and manifest, newest first, and no value', async () => {
  const set = (tag: string, ...more: string[]) =>
    ['tensafe', sandbox.chart, '--set-string', `image.tag=${tag}`, ...more] as const;
  await sandbox.helm('install', ...set('4.0.0', '--set-string', 'config.NOTE=hunter2-planted'));
  await sandbox.helm('upgrade', ...set('4.1.0', '--reuse-values'));
  await sandbox.helm('rollback', 'tensafe', '1');
  // The API server refuses such a name when helm has recorded the revision already.
  const bad = ['--reuse-values', '--set-json', 'podAnnotations={"not a name":"x"}'];
  await expect(sandbox.helm('upgrade', ...set('4.2.0', ...bad))).rejects.toThrow();
  const listed = (await revisions()) ?? [];

  expect(listed.map(({ revision, status, image, chart }) => [revision, status, image, chart])).toEqual([
    [4, 'failed', 'tensafe/server:4.2.0', 'tensafe-1.0.0'],
    [3, 'deployed', 'tensafe/server:4.0.0', 'tensafe-1.0.0'],
    [2, 'superseded', 'tensafe/server:4.1.0', 'tensafe-1.0.0'],
    [1, 'superseded', 'tensafe/server:4.0.0', 'tensafe-1.0.0'],
  ]);
  const digests = listed.map(({ manifestDigest }) => manifestDigest);
  expect(digests[1]).toBe(digests[3]);
  expect(new Set(digests).size).toBe(3);
  expect(digests.every((digest) => /^[0-9a-f]{16}$/.test(digest))).toBe(true);
  expect(listed.every(({ updatedAt }) => Math.abs(Date.now() - Date.parse(updatedAt)) < 600_000)).toBe(true);
  expect(JSON.stringify(listed)).not.toContain('hunter2');
});

test('a revision whose manifest has another container has no image, and is listed all the same', async () => {
  const target = sandbox.target();
  const other = { ...target, service: { ...target.service, container: 'other' } };
  const listed = (await inActivity(() => reader.listRevisions(other))) ?? [];
  expect(listed).toHaveLength(4);
  expect(listed.every((revision) => !('image' in revision))).toBe(true);
});
