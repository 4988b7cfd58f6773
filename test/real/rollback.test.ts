/** Rollbacks of real pods under a steady load, by every way there is, good and bad. */
import { beforeAll, expect, test } from '@jest/globals';
import type { V1ReplicaSet } from '@kubernetes/client-node';
import { useBench } from './bench.ts';
import { expectServed } from './expectations.ts';
import type { Run } from './run.ts';
import { versions } from '../../local/real-versions.ts';

const bench = useBench();
const { first, second, third, unhealthy, crashing } = versions;

const deployment = 'deployment/tensafe-server';

/** Revisions to return to, good and bad: each begins to roll out, the last one that is good does so to its end. */
beforeAll(async () => {
  const { helm, kubectl, chart } = bench.service();
  const begun = () =>
    kubectl('wait', deployment, '--for=jsonpath={.status.updatedReplicas}=1', '--timeout=60s');
  const upgrade = async (version: string) => {
    await helm('upgrade', 'tensafe', chart, '--reuse-values', '--set-string', `image.tag=${version}`);
    await begun();
  };
  await upgrade(second);
  await upgrade(third);
  await kubectl('set', 'image', deployment, `tensafe=tensafe/server:${crashing}`);
  await begun();
  await upgrade(unhealthy);
  await helm('rollback', 'tensafe');
  await kubectl('rollout', 'status', deployment, '--timeout=120s');
}, 180_000);

function rollback(to: unknown): Promise<Run> {
  return bench.underLoad(`rollback to ${JSON.stringify(to)}`, () =>
    bench.execute('rollback', { to, reason: 'error rate above 5 %' }),
  );
}

test('a rollback to a version whose pods crash gives it no request, and returns to where it started', async () => {
  const run = await rollback({ version: crashing });
  expect(run.status).toMatchObject({ outcome: 'failed' });
  expectServed(run, { before: third, after: third });
});

test('a rollback to a version that does not verify returns to where it started, and loses no request', async () => {
  const run = await rollback({ version: unhealthy });
  expect(run.status).toMatchObject({ outcome: 'failed' });
  expectServed(run, { before: third, after: third, between: [unhealthy] });
});

/** Each return gives the revision a new number. */
async function revisionOf(version: string): Promise<number> {
  const { kubectl } = bench.service();
  const list = await kubectl('get', 'replicasets', '--output', 'json');
  const { items } = JSON.parse(list) as { readonly items: readonly V1ReplicaSet[] };
  const of = ({ spec }: V1ReplicaSet) => spec?.template?.spec?.containers[0]?.image?.split(':').at(-1);
  const revisions = items
    .filter((each) => of(each) === version)
    .map(({ metadata }) => Number(metadata?.annotations?.['deployment.kubernetes.io/revision']));
  return Math.max(...revisions);
}

test.each([
  { name: 'a version', to: { version: second }, before: third, after: second },
  {
    name: 'a numbered revision',
    to: async () => ({ revision: await revisionOf(third) }),
    before: second,
    after: third,
  },
  // Past those that were left.
  { name: 'the previous revision', to: 'previous', before: third, after: first },
  { name: 'the previous revision of Helm', to: { helm: 'previous' }, before: first, after: third },
  { name: 'a numbered revision of Helm', to: { helmRevision: 2 }, before: third, after: second },
])('a rollback to $name loses no request', async ({ to, before, after }) => {
  const run = await rollback(typeof to === 'function' ? await to() : to);
  expect(run.status).toMatchObject({ outcome: 'rolledBack' });
  expectServed(run, { before, after });
});

test('a rollback to the backup loses no request, and takes no pods away', async () => {
  const { kubectl } = bench.service();
  await kubectl('scale', deployment, '--replicas=4');
  await kubectl('rollout', 'status', deployment, '--timeout=60s');
  const run = await rollback({ backup: 'latest' });
  expect(run.status).toMatchObject({ outcome: 'rolledBack' });
  expectServed(run, { before: second, after: third });
  expect(await kubectl('get', deployment, '-o', 'jsonpath={.spec.replicas}')).toBe('4');
  // As the chart has it.
  await kubectl('scale', deployment, '--replicas=3');
  await kubectl('rollout', 'status', deployment, '--timeout=60s');
});

test('a rollback in the middle of a canary takes that back, and loses no request', async () => {
  const steps = [
    { weight: 67, bake: '2m' },
    { weight: 100, bake: 0 },
  ];
  const run = await bench.underLoad('rollback in the middle of a canary', async () => {
    const ended = await bench.startUntil('canaryDeployment', { version: first, steps }, 'Watch at 67 %');
    const rolledBack = await bench.execute('rollback', { reason: 'error rate above 5 %' });
    expect(await ended()).toMatchObject({ outcome: 'aborted' });
    return rolledBack;
  });
  expect(run.status).toMatchObject({ outcome: 'unchanged' });
  expectServed(run, { before: third, after: third, between: [first] });
});
