/**
 * Failures made for real on the local cluster: the wait for the rollout ends by the right rule soon after the
 * cluster shows it, or waits where it may still pass, and the diagnosis begins with what a person must know.
 */
import { expect, jest, test } from '@jest/globals';
import { useLocalCluster } from '../support/cluster.ts';
import { untilSeen } from '../support/cluster-watch.ts';
import { eventually } from '../support/eventually.ts';
import { admissionFailures } from '../support/failures/admission.ts';
import { tidyAfterwards } from '../support/failures/afterwards.ts';
import type { Failure } from '../support/failures/failure.ts';
import { crashFailures, probeFailures } from '../support/failures/running.ts';
import { aScene, type Scene } from '../support/failures/scene.ts';
import { schedulingFailures } from '../support/failures/scheduling.ts';
import { slowFailures, trafficFailures } from '../support/failures/slow.ts';
import { imageFailures, referenceFailures } from '../support/failures/starting.ts';
import { failureDiagnosisSeconds } from '../../src/domain/defaults.ts';
import type { DiagnosisReport } from '../../src/domain/diagnosis.ts';
import type { RolloutResult } from '../../src/domain/rollout-result.ts';
import { createDiagnosisActivities } from '../../src/activities/diagnosis/index.ts';
import type { DiagnosisActivities } from '../../src/activities/diagnosis/types.ts';
import { createClusterClients } from '../../src/activities/kubernetes/clients.ts';
import { createVerificationCluster } from '../../src/activities/verification/kube-cluster.ts';
import { activitiesOf, run } from '../activities/kubernetes/bench.ts';

const cluster = useLocalCluster();
tidyAfterwards();
// Many at once; and a machine may be busy with much else.
jest.setTimeout(400_000);

/** From the moment that the API server holds the state; in an ordinary run it is well below one. */
const promisedSeconds = 10;

/** Where the machine was too busy for what a release gives it, or a pod for its second; the report says so itself. */
const patientSeconds = 60;
const outOfTime = /no answer within \d+ s/;

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
  const scene = await aScene(cluster(), failure.before);
  await failure.arrange(scene);
  const shown = whenShown(scene, failure);
  await expectWait(scene, failure, shown);
  await expectFinding(scene, failure);
});

async function expectFinding(scene: Scene, { finding, names }: Failure): Promise<void> {
  const inTime = await diagnose(scene, failureDiagnosisSeconds);
  const report = wasBusy(inTime)
    ? await eventually(
        () => diagnose(scene, patientSeconds),
        (seen) => seen?.findings[0]?.rule === finding || !wasBusy(seen),
        { everyMs: 500, withinMs: 120_000 },
      )
    : inTime;
  const first = report?.findings[0];
  expect({ rules: report?.findings.map(({ rule }) => rule), first }).toMatchObject({
    first: { rule: finding },
  });
  expect(report?.summary).toBe(first?.headline);
  expect(JSON.stringify(first)).toMatch(names);
}

function wasBusy(report: DiagnosisReport | undefined): boolean {
  return report === undefined || outOfTime.test(JSON.stringify(report));
}

/** It ends by itself, and with something to say; `undefined` where nothing answered in time. */
async function diagnose({ target, image }: Scene, seconds: number): Promise<DiagnosisReport | undefined> {
  const startedAt = Date.now();
  const report = await run(diagnosisActivities().diagnose, { target, image: image(), seconds }).catch(
    (error: unknown) => {
      if (outOfTime.test(String(error))) return undefined;
      throw error;
    },
  );
  expect(Date.now() - startedAt).toBeLessThan((seconds + 5) * 1_000);
  expect(report?.summary).not.toBe('');
  return report;
}

function diagnosisActivities(): DiagnosisActivities {
  const { config } = cluster();
  return createDiagnosisActivities({
    clusterOf: (context) => {
      const clients = createClusterClients(config, context);
      return { clients, verification: createVerificationCluster(clients) };
    },
  });
}

/** Resolves, with the time, when the cluster shows the failure. */
async function whenShown({ cluster: on, namespace }: Scene, { title, shown }: Failure): Promise<number> {
  const api = shown.in === 'pods' ? '/api/v1' : '/apis/apps/v1';
  const path = `${api}/namespaces/${namespace}/${shown.in}`;
  const wish = { path, wish: `a release whose ${title}`, timeoutMs: 180_000 };
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
  const result = await waitFor(scene, wait.ends === 'complete' ? 60 : 3);
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
