/** Verification and diagnosis, started alone: whatever becomes of them is said in words, listed and counted. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { DiagnosisReport } from '../../src/domain/diagnosis.ts';
import { failureTypes } from '../../src/domain/failures.ts';
import { searchAttributeNames } from '../../src/domain/search-attributes.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget } from '../support/a-target.ts';
import { spanOf } from '../support/aftermath-scene.ts';
import { aWorld, untilCancelled, type World } from '../support/fake-world.ts';
import { openBench, servedBy, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const input = { service: 'shop', environment: 'dev' };
const found: DiagnosisReport = {
  summary: 'shop-1 is killed for memory',
  findings: [
    {
      ...{ rule: 'out-of-memory', situation: 'crashing', headline: 'shop-1 is killed for memory' },
      ...{ cause: 'It needs more than its limit.', remedy: 'Raise the limit.', evidence: [] },
    },
  ],
  unseen: [],
};
const activities = { verification: 'verifyTarget', diagnosis: 'diagnose' } as const;
let runs = 0;

interface Ended {
  readonly status: ReleaseStatus;
  readonly failure?: ApplicationFailure;
  /** In the lists. */
  readonly outcome: unknown;
  readonly calls: readonly string[];
  /** In milliseconds since 1970. */
  readonly span: { readonly start: number; readonly end: number };
}

/** Runs one to its end; `prepare` may put something in the way. */
async function run(
  type: keyof typeof activities,
  { prepare, args = input }: Partial<Run> = {},
): Promise<Ended> {
  return bench.runWith(
    (taskQueue) => aWorld(servedBy(taskQueue, aTarget())),
    async (world, taskQueue) => {
      prepare?.(world);
      const { workflow } = bench.env.client;
      const workflowId = `shop-${type}-${(runs += 1)}`;
      const handle = await workflow.start(type, { taskQueue, workflowId, args: [args] });
      const failure = await handle.result().then(
        () => undefined,
        (error: unknown) => (error instanceof WorkflowFailedError ? error.cause : error),
      );
      const { typedSearchAttributes } = await handle.describe();
      return {
        status: await handle.query<ReleaseStatus>('status'),
        ...(failure instanceof ApplicationFailure ? { failure } : {}),
        outcome: typedSearchAttributes.getAll().find(({ key }) => key.name === searchAttributeNames.outcome)
          ?.value,
        calls: world.calls,
        span: await spanOf(bench, workflowId),
      };
    },
  );
}

interface Run {
  readonly prepare: (world: World) => void;
  readonly args: object;
}

describe.each(['verification', 'diagnosis'] as const)('a %s started alone', (type) => {
  const inTheWay =
    (error: ApplicationFailure) =>
    (world: World): void => {
      world.interfere = (activity) => {
        if (activity === activities[type]) throw error;
      };
    };

  test('passes when nothing is wrong', async () => {
    const { status, failure, outcome } = await run(type);
    expect(failure).toBeUndefined();
    expect([status.outcome, outcome]).toEqual(['passed', 'passed']);
  });

  test('of a target that nobody knows is refused', async () => {
    const { status, failure, outcome } = await run(type, { args: { ...input, service: 'none' } });
    expect(failure?.type).toBe(failureTypes.unknownTarget);
    expect(failure?.message).toBe('fairway.yaml has no service "none". It has: shop. Nothing was changed.');
    expect([status.outcome, outcome]).toEqual(['refused', 'refused']);
    expect(failure?.details?.[0]).toMatchObject({ outcome: 'refused', reason: failure?.message });
  });

  test.each([
    [
      'may not look',
      ApplicationFailure.nonRetryable('pods is forbidden', failureTypes.forbidden),
      /^pods is forbidden\. Nothing was changed\.$/,
    ],
    [
      'does not reach the cluster',
      ApplicationFailure.create({ message: 'connection refused', type: failureTypes.clusterUnreachable }),
      /connection refused\. Nothing was changed\.$/,
    ],
  ] as const)('that %s fails with what is in the way', async (_what, error, message) => {
    const { status, failure, outcome } = await run(type, { prepare: inTheWay(error) });
    expect(failure?.type).toBe(failureTypes.failed);
    expect(failure?.message).toMatch(message);
    expect([status.outcome, outcome, status.reason]).toEqual(['failed', 'failed', failure?.message]);
  });
});

describe('a verification that does not pass', () => {
  const sick = (world: World): void => {
    world.sickImages.add(world.image);
    world.diagnosis = found;
  };

  test('says why, as a diagnosis sees it', async () => {
    const { status, failure, outcome, calls } = await run('verification', { prepare: sick });
    expect(calls).toEqual(['resolveTarget', 'verifyTarget', 'diagnose']);
    expect(failure?.type).toBe(failureTypes.verificationFailed);
    expect(failure?.message).toBe(
      'Shop in dev: health endpoint: 3/3 pods answered {"status":"unhealthy"}. Diagnosis: shop-1 is killed for memory. Raise the limit.',
    );
    expect([status.outcome, outcome]).toEqual(['failed', 'failed']);
    expect(failure?.details?.[0]).toMatchObject({
      diagnosis: found,
      verification: { verdict: 'fail' },
    });
  });

  test('fails as clearly when nobody can say why, and not much later', async () => {
    const { status, failure, span } = await run('verification', {
      prepare: (world) => {
        sick(world);
        world.interfere = (activity) => (activity === 'diagnose' ? untilCancelled() : undefined);
      },
    });
    expect(span.end - span.start).toBeLessThan(120_000);
    expect(failure?.type).toBe(failureTypes.verificationFailed);
    expect(status.notes).toEqual([expect.stringMatching(/^No diagnosis of shop-server: /)]);
  });

  test('runs no diagnosis when it passes', async () => {
    const { calls } = await run('verification');
    expect(calls).not.toContain('diagnose');
  });
});

test('a diagnosis with findings completes with them', async () => {
  const { status, outcome } = await run('diagnosis', {
    prepare: (world) => {
      world.diagnosis = found;
    },
  });
  expect([status.outcome, outcome]).toEqual(['diagnosed', 'diagnosed']);
  expect(status.diagnosis).toEqual(found);
});

test('one that is cancelled ends as cancelled, and in the lists as aborted', async () => {
  await bench.runWith(
    (taskQueue) => aWorld(servedBy(taskQueue, aTarget())),
    async (world, taskQueue) => {
      world.interfere = (activity) => (activity === 'verifyTarget' ? untilCancelled() : undefined);
      const { workflow } = bench.env.client;
      const handle = await workflow.start('verification', {
        ...{ taskQueue, workflowId: 'shop-cancelled', args: [input] },
      });
      while (!world.calls.includes('verifyTarget')) await new Promise((resolve) => setTimeout(resolve, 20));
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      expect(await handle.query<ReleaseStatus>('status')).toMatchObject({ outcome: 'aborted' });
    },
  );
});
