import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { failureTypes } from '../../src/domain/failures.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget, type TargetChange } from '../support/a-target.ts';
import { eventually } from '../support/eventually.ts';
import { aWorld, untilCancelled, type ActivityName, type World } from '../support/fake-world.ts';
import { openBench, servedBy, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const input = { service: 'shop', environment: 'dev', version: 'v4.1.0', requestedBy: 'ana@example.com' };
const from = 'example/shop:4.0.0';
const to = 'example/shop:4.1.0';
let releases = 0;

interface Scene {
  readonly world: World;
  start(input?: unknown, workflowId?: string): Promise<WorkflowHandle>;
  /** Starts a release and answers how it ended. */
  release(input?: unknown): Promise<Ended>;
}

type Ended = { readonly status: ReleaseStatus } | { readonly failure: ApplicationFailure };

async function scene<T>(change: TargetChange, work: (scene: Scene) => Promise<T>): Promise<T> {
  return bench.runWith(
    (taskQueue) => aWorld(servedBy(taskQueue, aTarget(change))),
    async (world, taskQueue) => {
      const start = (args: unknown = input, workflowId = `shop-${(releases += 1)}`) =>
        bench.env.client.workflow.start('standardDeployment', { taskQueue, workflowId, args: [args] });
      return work({ world, start, release: async (args) => ending(await start(args)) });
    },
  );
}

async function ending(handle: WorkflowHandle): Promise<Ended> {
  try {
    return { status: (await handle.result()) as ReleaseStatus };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { failure: innermost(error) };
  }
}

function innermost(error: WorkflowFailedError): ApplicationFailure {
  if (error.cause instanceof ApplicationFailure) return error.cause;
  return ApplicationFailure.create({
    message: String(error.cause),
    type: error.cause?.constructor.name ?? 'none',
  });
}

function statusOf(ended: Ended): ReleaseStatus {
  return 'status' in ended ? ended.status : (ended.failure.details?.[0] as ReleaseStatus);
}

describe('a standard deployment', () => {
  test('looks, backs up, updates, waits and verifies, in this order', async () => {
    await scene({}, async ({ world, release }) => {
      const { outcome, steps, from: was, to: is, release: id } = statusOf(await release());
      expect({ outcome, was, is, image: world.image }).toEqual({
        outcome: 'released',
        was: from,
        is: to,
        image: to,
      });
      expect(id).toMatch(/^shop-\d+$/);
      expect(steps.map(({ name, state }) => `${name}: ${state}`)).toEqual([
        'Pre-flight: done',
        'Announce: skipped',
        'Back up: done',
        'Update: done',
        'Monitor rollout: done',
        'Verify: done',
      ]);
      expect(world.calls).toEqual([
        'resolveTarget',
        'preflight',
        'backUpTarget',
        'setImage',
        'awaitRollout',
        'verifyTarget',
      ]);
    });
  });

  test('goes through Helm where the service says so', async () => {
    await scene({ service: { update: 'helm' } }, async ({ world, release }) => {
      expect(statusOf(await release()).outcome).toBe('released');
      expect(world.calls).toContain('upgradeHelmRelease');
      expect(world.calls).not.toContain('setImage');
    });
  });

  test('replaces the pods when the version that runs already is forced', async () => {
    await scene({}, async ({ release, world }) => {
      expect(statusOf(await release({ ...input, version: '4.0.0', force: true })).outcome).toBe('released');
      expect(world.calls).toContain('restartRollout');
    });
  });

  test('answers `status` under the name that the person chose, and in the workflow that holds the target', async () => {
    await scene({}, async ({ start, world }) => {
      hold(world, 'awaitRollout');
      const handle = await start();
      await reached(world, 'awaitRollout');
      const holder = bench.env.client.workflow.getHandle('target:shop:dev');
      const asked = await eventually(
        () => handle.query<ReleaseStatus>('status'),
        (status) => status.phase === 'Monitor rollout',
      );
      expect(asked.runsIn?.workflowId).toBe('target:shop:dev');
      expect((await holder.query<ReleaseStatus>('status')).release).toBe(handle.workflowId);
      await handle.signal('abort', { by: 'ben' });
      expect(statusOf(await ending(handle)).outcome).toBe('aborted');
    });
  });

  test('can be started under the name of the target itself', async () => {
    await scene({}, async ({ start, world }) => {
      const ended = statusOf(await ending(await start(input, 'target:shop:dev')));
      expect(ended).toMatchObject({ outcome: 'released', release: 'target:shop:dev' });
      expect(world.image).toBe(to);
    });
  });
});

describe('nothing is changed when', () => {
  const same = { ...input, version: '4.0.0' };
  test.each<[string, TargetChange, unknown, string, RegExp]>([
    [
      'the input is no object',
      {},
      'shop',
      failureTypes.invalidRequest,
      /must be one JSON object, got "shop"/,
    ],
    [
      'the version is missing',
      {},
      { ...input, version: undefined },
      failureTypes.invalidRequest,
      /"version" is missing/,
    ],
    [
      'the version is a number',
      {},
      { ...input, version: 4 },
      failureTypes.invalidRequest,
      /"version" must be a text/,
    ],
    [
      'the service is unknown',
      {},
      { ...input, service: 'shopp' },
      failureTypes.unknownTarget,
      /no service "shopp". It has: shop. Nothing was changed/,
    ],
    [
      'the version runs already',
      {},
      same,
      failureTypes.refused,
      /already runs example\/shop:4.0.0 \(same-version\)/,
    ],
    [
      'people have to approve',
      { environment: { approval: { required: 2, people: [], expirySeconds: 60 } } },
      input,
      failureTypes.refused,
      /dev asks for 2 approvals/,
    ],
  ])('%s', async (_what, change, args, type, message) => {
    await scene(change, async ({ world, release }) => {
      const ended = await release(args);
      expect(ended).toMatchObject({ failure: { type } });
      expect('failure' in ended && ended.failure.message).toMatch(message);
      expect(world.image).toBe(from);
      expect(world.calls).not.toContain('backUpTarget');
    });
  });

  test('pre-flight finds problems, all of which are told at once with their remedies', async () => {
    await scene({}, async ({ world, release }) => {
      world.problems = [
        { rule: 'container-missing', message: 'no container shop', remedy: 'name one of web, proxy' },
        { rule: 'secret-missing', message: 'no Secret db', remedy: 'create it' },
      ];
      const ended = await release();
      expect('failure' in ended && ended.failure.message).toBe(
        'Refused before any change. 1. no container shop (container-missing): name one of web, proxy. 2. no Secret db (secret-missing): create it.',
      );
      expect(statusOf(ended).outcome).toBe('refused');
    });
  });
});

describe('the target', () => {
  test('is held by one release; a second is refused with the name of the first and how to end it', async () => {
    await scene({}, async ({ world, start, release }) => {
      hold(world, 'awaitRollout');
      const first = await start();
      await reached(world, 'awaitRollout');
      const second = await release({ ...input, version: '4.2.0' });
      expect(second).toMatchObject({ failure: { type: failureTypes.targetLocked } });
      expect('failure' in second && second.failure.message).toMatch(
        new RegExp(
          `shop in dev is held by release "${first.workflowId}" \\(shop v4.1.0 → dev, standard, requested by ana@example.com, since .*Nothing was changed`,
        ),
      );
      await first.signal('abort', { by: 'ben' });
      await ending(first);
      world.interfere = () => undefined;
      expect(statusOf(await release({ ...input, version: '4.2.0' })).outcome).toBe('released');
    });
  });
});

describe('a release that fails', () => {
  test('in its rollout returns to the recorded revision, verified, and says why', async () => {
    await scene({}, async ({ world, release }) => {
      world.brokenImages.add(to);
      const ended = await release();
      expect(ended).toMatchObject({ failure: { type: failureTypes.rolledBack } });
      expect('failure' in ended && ended.failure.message).toBe(
        'the rollout of 4.1.0 failed: container shop of pod shop-1 is crash looping (exit code 1) [crash-loop-back-off]; ' +
          '2/3 replicas available. Shop in dev is back on 4.0.0.',
      );
      expect(world.calls.slice(-4)).toEqual([
        'restoreRevision',
        'awaitRollout',
        'verifyTarget',
        'postMessage',
      ]);
      expect(world.image).toBe(from);
    });
  });

  test('is diagnosed before anything is put back, and says what to do', async () => {
    await scene({}, async ({ world, release }) => {
      world.brokenImages.add(to);
      world.diagnosis = {
        summary: 'Secret shop-keys is missing',
        findings: [
          {
            rule: 'secret-missing',
            situation: 'crashing',
            headline: 'Secret shop-keys is missing',
            cause: 'The new version needs it.',
            remedy: 'Create it: kubectl create secret generic shop-keys -n shop-dev.',
            evidence: [],
          },
        ],
        unseen: ['the cluster has no metrics API'],
      };
      const ended = await release();
      expect('failure' in ended && ended.failure.message).toMatch(
        / is back on 4\.0\.0\. Diagnosis: Secret shop-keys is missing\. Create it: kubectl create secret/,
      );
      const { calls } = world;
      expect(calls.indexOf('diagnose')).toBeGreaterThan(calls.indexOf('awaitRollout'));
      expect(calls.indexOf('diagnose')).toBeLessThan(calls.indexOf('restoreRevision'));
      expect(statusOf(ended).diagnosis).toEqual(world.diagnosis);
    });
  });

  test('is put back all the same when nobody can say what is wrong', async () => {
    await scene({}, async ({ world, release }) => {
      world.brokenImages.add(to);
      world.interfere = (activity) => {
        if (activity === 'diagnose')
          throw ApplicationFailure.nonRetryable('the cluster is away', failureTypes.clusterUnreachable);
      };
      const ended = await release();
      expect(ended).toMatchObject({ failure: { type: failureTypes.rolledBack } });
      expect(statusOf(ended).notes).toEqual(['No diagnosis of shop-server: the cluster is away']);
      expect(world.image).toBe(from);
    });
  });

  test('needs no diagnosis where a person stopped it', async () => {
    await scene({}, async ({ world, start }) => {
      world.interfere = async (activity) => {
        if (activity !== 'awaitRollout' || world.image !== to) return;
        await (await started).signal('abort', { by: 'ana@example.com', reason: 'changed my mind' });
        await untilCancelled();
      };
      const started = start();
      expect(await ending(await started)).toMatchObject({ failure: { type: failureTypes.aborted } });
      expect(world.calls).not.toContain('diagnose');
    });
  });

  test.each(['image', 'helm'] as const)(
    'in its verification returns to the recorded revision (%s)',
    async (update) => {
      await scene({ service: { update } }, async ({ world, release }) => {
        world.sickImages.add(to);
        const ended = await release();
        expect(ended).toMatchObject({ failure: { type: failureTypes.rolledBack } });
        expect(world.image).toBe(from);
        expect(world.calls.includes('rollBackHelmRelease')).toBe(update === 'helm');
      });
    },
  );

  test('in its verification is diagnosed with the checks that failed', async () => {
    await scene({}, async ({ world, release }) => {
      world.sickImages.add(to);
      await release();
      expect(world.diagnosed?.failure).toMatchObject({
        summary: expect.stringMatching(/^verification of 4\.1\.0: health endpoint: 3\/3/),
        judged: [{ by: 'check', name: 'health endpoint', verdict: 'fail' }],
      });
    });
  });

  test('returns to what ran, not to what Helm held, where the two differed before', async () => {
    await scene({ service: { update: 'helm' } }, async ({ world, release }) => {
      world.helmHolds = 'example/shop:3.9.0';
      world.sickImages.add(to);
      world.interfere = (activity) => {
        if (activity === 'restoreRevision') expect(world.image).toBe('example/shop:3.9.0');
      };
      expect(await release()).toMatchObject({ failure: { type: failureTypes.rolledBack } });
      expect(world.image).toBe(from);
    });
  });

  test('is denied for a while: what goes on ends at once, what is put back is tried again', async () => {
    await scene({}, async ({ world, release }) => {
      const denied = () => ApplicationFailure.create({ type: failureTypes.forbidden, message: 'may not' });
      world.interfere = (activity, call) => {
        if (activity === 'awaitRollout' && world.image === to) throw denied();
        if (activity === 'restoreRevision' && call < 3) throw denied();
      };
      expect(await release()).toMatchObject({ failure: { type: failureTypes.rolledBack } });
      expect(world.image).toBe(from);
      const times = (name: ActivityName) => world.calls.filter((call) => call === name).length;
      // Once on the way there, and once on the way back.
      expect([times('awaitRollout'), times('restoreRevision')]).toEqual([2, 3]);
    });
  });

  test('leaves alone what somebody did in Helm meanwhile, and says so', async () => {
    await scene({ service: { update: 'helm' } }, async ({ world, release }) => {
      world.sickImages.add(to);
      world.interfere = (activity) => {
        if (activity === 'rollBackHelmRelease')
          throw ApplicationFailure.nonRetryable('revision 9 is not ours', failureTypes.changedByOther);
      };
      const ended = await release();
      expect(ended).toMatchObject({ failure: { type: failureTypes.changedByOther } });
      expect(statusOf(ended).reason).toContain('revision 9 is not ours');
      expect(world.image).toBe(to);
    });
  });

  test('says which pods were kept on the way back by Helm', async () => {
    await scene({ service: { update: 'helm' } }, async ({ world, release }) => {
      world.sickImages.add(to);
      world.helmKeeps = { kept: 10, insteadOf: 3 };
      expect(statusOf(await release()).notes).toEqual([
        expect.stringMatching(
          /^Deployment shop-server kept its 10 replicas: Helm revision 7 would have set 3 at once\..*put 10 into them before the next `helm upgrade shop`/,
        ),
      ]);
    });
  });

  test('leaves alone what a person changed meanwhile, and says so', async () => {
    await scene({}, async ({ world, release }) => {
      world.interfere = (activity) => {
        if (activity === 'awaitRollout') world.image = 'example/shop:hotfix';
      };
      const ended = await release();
      expect(ended).toMatchObject({ failure: { type: failureTypes.changedByOther } });
      expect('failure' in ended && ended.failure.message).toMatch(
        /runs example\/shop:hotfix, which this release did not set/,
      );
      expect(world.image).toBe('example/shop:hotfix');
    });
  });

  test('and cannot be put back names what is left and how to do it by hand', async () => {
    await scene({}, async ({ world, release }) => {
      world.brokenImages.add(to);
      world.interfere = (activity) => {
        if (activity === 'restoreRevision')
          throw ApplicationFailure.nonRetryable('not allowed', failureTypes.forbidden);
      };
      const ended = await release();
      expect(ended).toMatchObject({ failure: { type: failureTypes.rollbackFailed } });
      expect('failure' in ended && ended.failure.message).toMatch(
        /could not be returned to 4.0.0: Deployment shop-server: not allowed. By hand: kubectl set image deployment\/shop-server shop=example\/shop:4.0.0 -n shop-dev/,
      );
    });
  });

  test('keeps trying to put things back while the cluster is away', async () => {
    await scene({}, async ({ world, release }) => {
      world.brokenImages.add(to);
      world.interfere = (activity, call) => {
        if (activity === 'restoreRevision' && call < 40)
          throw ApplicationFailure.retryable('away', failureTypes.clusterUnreachable);
      };
      expect(await release()).toMatchObject({ failure: { type: failureTypes.rolledBack } });
      expect(world.image).toBe(from);
    });
  });
});

const changing: readonly ActivityName[] = [
  'resolveTarget',
  'preflight',
  'backUpTarget',
  'setImage',
  'awaitRollout',
  'verifyTarget',
];

describe('whatever happens at any step, the target is fully old or fully new', () => {
  test.each(changing)('when %s fails for good', async (activity) => {
    await scene({}, async ({ world, release }) => {
      world.interfere = (name, call) => {
        if (name === activity && call === 1)
          throw ApplicationFailure.nonRetryable('broken', failureTypes.invalidObject);
      };
      const ended = await release();
      expect(ended).toHaveProperty('failure');
      expect(world.image).toBe(from);
      expect(statusOf(ended).reason).toContain('broken');
    });
  });

  test.each(changing)('when it is aborted during %s', async (activity) => {
    await scene({}, async ({ world, start }) => {
      hold(world, activity);
      const handle = await start();
      await reached(world, activity);
      await handle.signal('abort', { by: 'ben', reason: 'wrong version' });
      const ended = await ending(handle);
      expect(world.image).toBe(from);
      expect(ended).toMatchObject({ failure: { type: failureTypes.aborted } });
      expect(statusOf(ended).reason).toMatch(/^aborted by ben: wrong version\./);
    });
  });

  test.each(changing)('when it is cancelled during %s', async (activity) => {
    await scene({}, async ({ world, start }) => {
      hold(world, activity);
      const handle = await start();
      await reached(world, activity);
      await handle.cancel();
      await ending(handle);
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      expect(world.image).toBe(from);
      const { outcome, steps } = await handle.query<ReleaseStatus>('status');
      expect(outcome).toBe('aborted');
      expect(steps.filter(({ state }) => state === 'running' || state === 'waiting')).toEqual([]);
    });
  });
});

describe('Slack', () => {
  const announced: TargetChange = { environment: { announcement: { leadSeconds: 900 } } };

  test('hears the announcement in the runbook’s words, the lead time passes, and the cluster is looked at again', async () => {
    await scene(announced, async ({ world, release }) => {
      const { steps } = statusOf(await release());
      expect(world.messages[0]).toMatchObject({
        channel: '#ops-announcements',
        text: '[DEPLOYMENT] Shop v4.1.0 deployment starting in 15 minutes',
      });
      expect(world.messages[0]?.updates.at(-1)).toMatch(
        /^\[DEPLOYMENT\] Shop v4.1.0 deployed to dev in 15 minutes/,
      );
      expect(world.messages.slice(1).every(({ thread }) => thread?.ts === '1')).toBe(true);
      expect(new Set(world.messages.map(({ key }) => key)).size).toBe(world.messages.length);
      const announce = steps.find(({ name }) => name === 'Announce');
      expect(
        Date.parse(announce?.endedAt ?? '') - Date.parse(announce?.startedAt ?? ''),
      ).toBeGreaterThanOrEqual(900_000);
      expect(world.calls.filter((call) => call === 'preflight')).toHaveLength(2);
    });
  });

  test('hears of a rollback where nothing was announced, too', async () => {
    await scene({}, async ({ world, release }) => {
      world.sickImages.add(to);
      await release();
      expect(world.messages.map(({ text }) => text)).toEqual([
        '[ROLLBACK] Shop (dev) rolled back to v4.0.0 due to verification of 4.1.0: health endpoint: 3/3 pods answered {"status":"unhealthy"}',
      ]);
    });
  });

  test('may be away: the release goes on and notes it', async () => {
    await scene(announced, async ({ world, release }) => {
      world.interfere = (activity) => {
        if (activity === 'postMessage')
          throw ApplicationFailure.retryable('Slack is away', failureTypes.slackUnavailable);
      };
      const status = statusOf(await release());
      expect(status.outcome).toBe('released');
      expect(status.notes.join()).toContain('Slack is away');
    });
  });
});

describe('abort', () => {
  test('that cannot be followed is noted, not lost', async () => {
    await scene({}, async ({ world, start }) => {
      hold(world, 'awaitRollout');
      const handle = await start(input, 'target:shop:dev');
      await reached(world, 'awaitRollout');
      await handle.signal('abort', 'now!');
      const { notes } = await eventually(
        () => handle.query<ReleaseStatus>('status'),
        (status) => status.notes.length > 0,
      );
      expect(notes[0]).toMatch(/^"abort" was not followed: expected one JSON object/);
      await expect(handle.executeUpdate('abort', { args: [{}] })).rejects.toThrow();
      const answer = await handle.executeUpdate('abort', { args: [{ by: 'ben' }] });
      expect(answer).toBe('aborted by ben; the target is being put back');
      await ending(handle);
      expect(world.image).toBe(from);
    });
  });
});

/** The first call of an activity waits until it is cancelled. */
function hold(world: World, held: ActivityName): void {
  world.interfere = async (activity, call) => {
    if (activity === held && call === 1) await untilCancelled();
  };
}

/** Resolves when an activity has been called. Real time: the fake world has no clock. */
async function reached(world: World, activity: ActivityName): Promise<void> {
  await eventually(
    () => Promise.resolve(world.calls),
    (calls) => calls.includes(activity),
  );
}
