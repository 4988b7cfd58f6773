/**
 * Failures made for real on the local cluster: the wait for the rollout ends by the right rule soon after the
 * cluster shows it, or waits where it may still pass, and the diagnosis begins with what a person must know.
 */
import { expect, jest, test } from '@jest/globals';
import { useLocalCluster } from '../support/cluster.ts';
import { untilSeen } from '../support/cluster-watch.ts';
import { admissionFailures } from '../support/failures/admission.ts';
import type { Failure } from '../support/failures/failure.ts';
import { useOwnNodes } from '../support/failures/nodes.ts';
import { crashFailures, probeFailures } from '../support/failures/running.ts';
import { aScene, type Scene } from '../support/failures/scene.ts';
import { schedulingFailures } from '../support/failures/scheduling.ts';
import { slowFailures, trafficFailures } from '../support/failures/slow.ts';
import { imageFailures, referenceFailures } from '../support/failures/starting.ts';
import type { RolloutResult } from '../../src/domain/rollout-result.ts';
import { activitiesOf, run } from '../activities/kubernetes/bench.ts';

const cluster = useLocalCluster();
useOwnNodes();
// Many at once; and a machine may be busy with much else.
jest.setTimeout(240_000);

/** From the moment that the API server holds the state; in an ordinary run it is well below one. */
const promisedSeconds = 10;

const failures: readonly Failure[] = [
  ...schedulingFailures,
  ...admissionFailures,
  ...imageFailures,
  ...referenceFailures,
  ...crashFailures,
  ...probeFailures,
  ...slowFailures,
  ...trafficFailures,
];

test.concurrent.each(failures)('a release whose $title', async (failure) => {
  const scene = await aScene(cluster());
  await failure.arrange(scene);
  const shown = whenShown(scene, failure);
  await expectWait(scene, failure, shown);
});

/** Resolves, with the time, when the cluster shows the failure. */
async function whenShown({ cluster: on, namespace }: Scene, { title, shown }: Failure): Promise<number> {
  const api = shown.in === 'pods' ? '/api/v1' : '/apis/apps/v1';
  const path = `${api}/namespaces/${namespace}/${shown.in}`;
  const wish = { path, wish: `a release whose ${title}`, timeoutMs: 90_000 };
  await untilSeen(on, wish, shown.when as (object: object) => boolean);
  return Date.now();
}

async function expectWait(scene: Scene, { wait }: Failure, shown: Promise<number>): Promise<void> {
  if (wait.ends === 'failed') {
    const startedAt = Date.now();
    const [result, seenAt] = await Promise.all([waitFor(scene, 120).then(timed), shown]);
    expect(result).toMatchObject({ outcome: 'failed', rule: wait.rule });
    const allowed = promisedSeconds + (wait.graceSeconds ?? 0);
    expect(result.endedAt - Math.max(seenAt, startedAt)).toBeLessThan(allowed * 1_000);
    return;
  }
  await shown;
  const result = await waitFor(scene, wait.ends === 'complete' ? 60 : 0);
  if (wait.ends === 'complete') {
    expect(result.outcome).toBe('complete');
    return;
  }
  expect(result).toMatchObject({
    outcome: 'timedOut',
    ...(wait.rule === undefined ? {} : { rule: wait.rule }),
  });
}

function waitFor({ target, image }: Scene, timeoutSeconds: number): Promise<RolloutResult> {
  return run(activitiesOf(cluster().config).awaitRollout, { target, image: image(), timeoutSeconds });
}

function timed<T extends object>(result: T): T & { readonly endedAt: number } {
  return { ...result, endedAt: Date.now() };
}
