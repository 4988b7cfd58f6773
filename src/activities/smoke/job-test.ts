/** A smoke test that is a Job in the target's namespace, against the address of one pod. */
import { asyncLocalStorage } from '@temporalio/activity';
import type { CheckResult } from '../../domain/check.ts';
import { excerpt } from '../../domain/redact.ts';
import { failureTypes } from '../../domain/failures.ts';
import { failure, statusOf } from '../kubernetes/failures.ts';
import { followJob, type JobRef, type SeenJob } from './follow-job.ts';
import { testContainer, testedPodAnnotation, testedPodUidAnnotation, type JobTest } from './job-manifest.ts';
import { jobState } from './job-state.ts';
import { lastLines } from './output-tail.ts';
import { ensureJob, refOf, removeJob } from './own-job.ts';
import { noPodResult, outputEvidence, secondsSince, smokeResult } from './result.ts';
import type { Scene } from './scene.ts';
import { isStillThere } from './tested-pod.ts';

/** Lines and bytes of the log that are asked for: more than are shown, see output-tail.ts. */
const tailLines = 200;
const limitBytes = 256 * 1024;
const detailLength = 300;
/** A cancelled release does not wait longer for an API server that is away; the Job's own deadline ends it then. */
const tidyUpSeconds = 45;

type End =
  | { readonly kind: 'passed' | 'timedOut' }
  | { readonly kind: 'failed' | 'notRun' | 'notStarted'; readonly detail: string };

/**
 * A Job that an earlier attempt made is followed on. It goes whatever happens: after a verdict, an error, and
 * a cancellation; when no worker is left, by its own deadline and time to live. It stays where another attempt is to
 * be expected, because Temporal does not know of this one any more. Throws `Conflict` when somebody deletes it.
 */
export async function runJobTest(scene: Scene, test: JobTest): Promise<CheckResult> {
  const { clients, place, signal } = scene;
  const startedAt = performance.now();
  const job = await ensureJob(scene, test);
  if (job === undefined) return noPodResult(test, scene.deployment);
  const ref = refOf(job, place.namespace);
  let result: CheckResult;
  try {
    const { end, podName } = await untilEnded(scene, ref, test);
    const output = podName === undefined ? '' : await readOutput(scene, podName);
    const { annotations = {} } = job.metadata ?? {};
    const tested = {
      namespace: place.namespace,
      name: annotations[testedPodAnnotation] ?? '',
      uid: annotations[testedPodUidAnnotation] ?? '',
    };
    const testedIsThere = end.kind === 'passed' || (await isStillThere(clients, tested));
    result = judge(test, end, { output, took: secondsSince(startedAt), tested: tested.name, testedIsThere });
  } catch (error) {
    if (isSuperseded()) throw error;
    // Outside of the activity: its cancellation would end these requests too.
    const tidyUp = asyncLocalStorage.exit(() =>
      removeJob(scene, ref, AbortSignal.timeout(tidyUpSeconds * 1000)),
    );
    await tidyUp.catch(() => undefined);
    throw error;
  }
  // An error here is thrown: the next attempt finds the Job and its result again.
  await removeJob(scene, ref, signal);
  return result;
}

/** A heartbeat that came too late, or a worker that stops: the next attempt uses the Job. */
function isSuperseded(): boolean {
  const details = asyncLocalStorage.getStore()?.cancellationDetails;
  if (details === undefined || details.cancelRequested) return false;
  return details.notFound || details.timedOut || details.workerShutdown || details.reset || details.paused;
}

async function untilEnded(
  { clients, place, signal }: Scene,
  ref: JobRef,
  test: JobTest,
): Promise<{ readonly end: End; readonly podName: string | undefined }> {
  let podName: string | undefined;
  const decide = ({ job, pods }: SeenJob, timeIsOver: boolean): End | undefined => {
    podName = pods[0]?.metadata?.name;
    const state = job === undefined ? undefined : jobState(job, pods, Date.now());
    if (state?.kind === 'passed') return state;
    // What becomes of its pod then is no verdict: an attempt that was taken for dead tidies up, or a person does.
    if (state === undefined || job?.metadata?.deletionTimestamp !== undefined) throw deleted(ref, place);
    switch (state.kind) {
      case 'waiting':
        return timeIsOver ? { kind: 'notStarted', detail: state.detail } : undefined;
      case 'running':
        return timeIsOver ? { kind: 'timedOut' } : undefined;
      default:
        return state;
    }
  };
  const end = await followJob(clients, ref, { seconds: test.timeoutSeconds, signal }, decide);
  return { end: end ?? { kind: 'timedOut' }, podName };
}

function deleted({ name }: JobRef, place: Scene['place']): Error {
  const message = `Job ${name} was deleted by somebody before it had ended. It is made anew; if it stays so, see who deletes Jobs in ${place.namespace}.`;
  return failure(failureTypes.conflict, place, message, true);
}

/** A log that cannot be read (the container never started, its node is gone) is no output. */
async function readOutput({ clients, place }: Scene, name: string): Promise<string> {
  try {
    const { namespace } = place;
    const options = { namespace, name, container: testContainer, tailLines, limitBytes };
    return lastLines(await clients.core.readNamespacedPodLog(options));
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || [401, 403, 429].includes(status)) throw error;
    return '';
  }
}

function judge(
  test: JobTest,
  end: End,
  seen: {
    readonly output: string;
    readonly took: string;
    readonly tested: string;
    readonly testedIsThere: boolean;
  },
): CheckResult {
  const evidence = outputEvidence(seen.output);
  const inconclusive = (summary: string): CheckResult =>
    smokeResult(test, { verdict: 'inconclusive', summary, evidence });
  const failed = (summary: string): CheckResult => {
    if (seen.testedIsThere) return smokeResult(test, { verdict: 'fail', summary, evidence });
    return inconclusive(`${summary}, and pod ${seen.tested} went away meanwhile`);
  };
  switch (end.kind) {
    case 'passed':
      return smokeResult(test, { verdict: 'pass', summary: `its Job completed in ${seen.took}`, evidence });
    case 'failed':
      return failed(`its Job failed after ${seen.took}: ${excerpt(end.detail, detailLength)}`);
    case 'timedOut':
      return failed(`its Job had not finished within ${test.timeoutSeconds} s`);
    case 'notStarted':
      return inconclusive(
        `not run: its Job had not started within ${test.timeoutSeconds} s: ${excerpt(end.detail, detailLength)}`,
      );
    case 'notRun':
      return inconclusive(
        `not run: ${excerpt(end.detail, detailLength)}. Correct "image" or "command" of smoke test "${test.name}" in fairway.yaml; the image must not run as root.`,
      );
  }
}
