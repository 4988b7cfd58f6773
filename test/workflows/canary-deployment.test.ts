import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import { failureTypes } from '../../src/domain/failures.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget } from '../support/a-target.ts';
import { untilCancelled, type ActivityName, type World } from '../support/fake-world.ts';
import { lastStatus, playScene, type Scene } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const from = 'example/shop:4.0.0';
const to = 'example/shop:4.1.0';
const replicas = 10;

const scene = (type: string, work: (scene: Scene) => Promise<void>) =>
  playScene({ bench, type, target: aTarget(), replicas }, work);

describe('a canary deployment', () => {
  test('goes by 10, 30, 50 and 100 % of the pods, watched in between, and ends on the target’s own Deployment', async () => {
    await scene('canaryDeployment', async ({ world, tracks, release }) => {
      const status = await release();
      expect(status).toMatchObject({ outcome: 'released', from, to });
      expect(world.image).toBe(to);
      expect(status.steps.map(({ name }) => name)).toEqual([
        ...['Pre-flight', 'Announce', 'Back up', 'Prepare canary'],
        ...['Canary 10 %', 'Watch at 10 %', 'Canary 30 %', 'Watch at 30 %', 'Canary 50 %', 'Watch at 50 %'],
        ...['Canary 100 %', 'Watch at 100 %', 'Finalise', 'Verify'],
      ]);
      const canaries = tracks.served.map(({ canary }) => canary);
      const rising = canaries.slice(0, canaries.lastIndexOf(replicas) + 1);
      expect(rising).toEqual([...rising].sort((a, b) => a - b));
    });
  });

  test.each(['canaryDeployment', 'blueGreenDeployment'])(
    'asked for the plan only (%s), changes nothing',
    async (type) => {
      await scene(type, async ({ world, release }) => {
        const status = await release({ dryRun: true });
        expect(status).toMatchObject({ outcome: 'planned', from, to });
        expect(status.plan).toContain('example/shop:4.0.0 → example/shop:4.1.0');
        expect(world.calls).toEqual(['resolveTarget', 'preflight', 'dryRun']);
      });
    },
  );

  test('goes back from each weight at which it turns bad, also from 100 %', async () => {
    for (const badFrom of [1, 3, 5, 10]) {
      await scene('canaryDeployment', async ({ world, tracks, release }) => {
        tracks.badFrom = badFrom;
        const steps = [10, 30, 50, 100].map((weight) => ({ weight, bake: '15m' }));
        expect(await release({ steps })).toMatchObject({ outcome: 'rolledBack' });
        expect(world.image).toBe(from);
      });
    }
  });

  test('that does worse is diagnosed with what it did worse in', async () => {
    await scene('canaryDeployment', async ({ world, tracks, release }) => {
      tracks.badFrom = 1;
      expect(await release()).toMatchObject({ outcome: 'rolledBack' });
      expect(world.diagnosed).toMatchObject({
        deployment: 'shop-server-canary',
        failure: {
          summary: 'the analysis of shop-server-canary: errors: fail',
          judged: [{ by: 'analysis', name: 'errors', verdict: 'fail', detail: 'errors: fail' }],
        },
      });
    });
  });

  test('whose pods crash goes back without waiting for them', async () => {
    await scene('canaryDeployment', async ({ world, release }) => {
      world.brokenImages.add(to);
      const status = await release();
      expect(status.reason).toMatch(/\[crash-loop-back-off\].*is back on 4\.0\.0/);
    });
  });

  test('that does not verify in the end goes back', async () => {
    await scene('canaryDeployment', async ({ world, release }) => {
      world.sickImages.add(to);
      expect(await release()).toMatchObject({ outcome: 'rolledBack' });
      expect(world.image).toBe(from);
    });
  });

  test('asks a person when nobody can tell', async () => {
    await scene('canaryDeployment', async ({ tracks, start }) => {
      tracks.analysis = 'inconclusive';
      const handle = await start({
        steps: [
          { weight: 50, bake: '5m' },
          { weight: 100, bake: 0 },
        ],
      });
      const status = await promoteWhenAsked(handle);
      expect(status.outcome).toBe('released');
      expect(status.decisions).toMatchObject([{ by: 'ana', what: 'promote' }]);
    });
  });

  test('waits at a gate for a person', async () => {
    await scene('canaryDeployment', async ({ start }) => {
      const handle = await start({
        steps: [
          { weight: 50, bake: 0, gate: true },
          { weight: 100, bake: 0 },
        ],
      });
      expect((await promoteWhenAsked(handle)).outcome).toBe('released');
    });
  });

  test('can be paused and resumed in a bake, and promoted out of it', async () => {
    await scene('canaryDeployment', async ({ world, start }) => {
      hold(world, 'bake', 3);
      const handle = await start({
        steps: [
          { weight: 50, bake: '30m' },
          { weight: 100, bake: 0 },
        ],
      });
      const bakes = () => world.calls.filter((call) => call === 'bake').length;
      await until(() => bakes() === 1);
      await handle.signal('pause', { by: 'ana', reason: 'lunch' });
      await handle.signal('resume', { by: 'ana' });
      await until(() => bakes() === 2);
      await handle.signal('promote', { by: 'ben' });
      const status = await lastStatus(handle);
      expect(status.outcome).toBe('released');
      expect(status.decisions?.map(({ by, what }) => `${by}: ${what}`)).toEqual([
        'ana: pause',
        'ana: resume',
        'ben: promote',
      ]);
    });
  });
});

const autoscaler = { name: 'shop', minReplicas: 4, maxReplicas: 40 };

describe('a failing canary whose Helm release somebody else is changing', () => {
  const target = aTarget({ service: { update: 'helm' } });

  test('leaves all the same, its autoscaler scales again, and what Helm holds is left to a person', async () => {
    await playScene({ bench, type: 'canaryDeployment', target, replicas }, async (played) => {
      const { world, tracks, release } = played;
      tracks.autoscaler = autoscaler;
      world.brokenImages.add(to);
      world.interfere = (activity) => {
        if (activity !== 'rollBackHelmRelease') return;
        throw ApplicationFailure.nonRetryable('another operation is in progress', failureTypes.conflict);
      };
      const status = await release();
      expect(status).toMatchObject({ outcome: 'rollbackFailed' });
      expect(status.reason).toContain('another operation is in progress');
      const since = world.calls.slice(world.calls.lastIndexOf('diagnose'));
      expect(since.filter((call) => call !== 'postMessage')).toEqual([
        ...['diagnose', 'observeTarget', 'shiftTraffic', 'deleteTrack', 'observeTarget'],
        ...['rollBackHelmRelease', 'restoreAutoscaler'],
      ]);
    });
  });

  test('has all its pods also after Helm has written another number of them', async () => {
    await playScene({ bench, type: 'canaryDeployment', target, replicas }, async (played) => {
      const { world, tracks, release } = played;
      world.brokenImages.add(to);
      world.interfere = (activity) => {
        if (activity === 'restoreRevision') tracks.stable = 3;
      };
      expect(await release()).toMatchObject({ outcome: 'rolledBack' });
    });
  });
});

describe('an autoscaler', () => {
  test('that cannot be let go is named, with the command that does it by hand', async () => {
    await scene('canaryDeployment', async ({ world, tracks, release }) => {
      tracks.autoscaler = { ...autoscaler, settings: { minReplicas: 4, maxReplicas: 40 } };
      world.brokenImages.add(to);
      world.interfere = (activity, call) => {
        if (activity !== 'restoreAutoscaler' || call > 2) return;
        // The fake one is free, for the invariants.
        tracks.autoscalerHeld = false;
        throw ApplicationFailure.nonRetryable('no right to it', failureTypes.forbidden);
      };
      const { outcome, reason } = await release();
      expect(outcome).toBe('rollbackFailed');
      expect(reason).toContain(
        `HorizontalPodAutoscaler shop: no right to it. By hand: kubectl patch hpa shop -n shop-dev --type=merge -p '{"metadata":{"annotations":{"fairway.dev/paused":null}},"spec":{"minReplicas":4,"maxReplicas":40}}'`,
      );
    });
  });

  test('that an earlier release left held is told of before anything is changed', async () => {
    await scene('canaryDeployment', async ({ tracks, release }) => {
      tracks.autoscaler = { ...autoscaler, settings: {}, heldBy: 'target:shop:dev/1/autoscaler' };
      const { notes } = await release({ dryRun: true });
      expect(notes).toContainEqual(
        expect.stringMatching(/shop does not scale: a release.*holds it still \(target:shop:dev\/1/),
      );
    });
  });

  test.each(['canaryDeployment', 'blueGreenDeployment'])(
    'that has scaled up since the plan was made is not held at less, and a %s goes on with what there is',
    async (type) => {
      await scene(type, async ({ tracks, release }) => {
        tracks.autoscaler = autoscaler;
        tracks.scaledTo = 14;
        const status = await release();
        expect(status).toMatchObject({ outcome: 'released', replicas: 14 });
        expect(status.notes).toContainEqual(expect.stringContaining('from 10 to 14'));
        expect(Math.min(...tracks.served.map((each) => each.stable + each.canary + each.green))).toBe(14);
        expect(tracks.served).toContainEqual(
          type === 'canaryDeployment'
            ? { stable: 0, canary: 14, green: 0 }
            : { stable: 0, canary: 0, green: 14 },
        );
      });
    },
  );

  test('that has scaled up since the plan was made is not brought down by an undo either', async () => {
    await scene('canaryDeployment', async ({ world, tracks, release }) => {
      tracks.autoscaler = autoscaler;
      tracks.scaledTo = 14;
      world.interfere = (activity) => {
        if (activity === 'createTrack')
          throw ApplicationFailure.nonRetryable('no', failureTypes.invalidObject);
      };
      expect(await release()).toMatchObject({ outcome: 'rolledBack' });
      expect(Math.min(...tracks.served.map((each) => each.stable + each.canary))).toBe(14);
    });
  });
});

test('pods of a canary that do not end hold nothing up, and are told of', async () => {
  await scene('canaryDeployment', async ({ tracks, release }) => {
    tracks.leaving = 2;
    const { outcome, notes } = await release();
    expect(outcome).toBe('released');
    expect(notes).toContainEqual(expect.stringMatching(/^2 pods of shop-server-canary .*still ending/));
  });
});

describe('green’s pods stay until every node knows that the Service has left them', () => {
  test.each([
    ['released', undefined],
    ['rolledBack', 1],
  ] as const)('when it is %s', async (outcome, badFrom) => {
    await scene('blueGreenDeployment', async ({ tracks, start }) => {
      tracks.badFrom = badFrom;
      const handle = await start();
      expect(await lastStatus(handle)).toMatchObject({ outcome });
      const worked = bench.env.client.workflow.getHandle('target:shop:dev');
      const { events } = await worked.fetchHistory();
      const scheduled = (events ?? []).flatMap(
        ({ activityTaskScheduledEventAttributes: asked, eventTime }) => {
          const name = asked?.activityType?.name;
          return name === undefined || name === null ? [] : [{ name, at: Number(eventTime?.seconds ?? 0) }];
        },
      );
      const gone = scheduled.findLast(({ name }) => name === 'deleteTrack')?.at ?? 0;
      const left = scheduled.findLast(({ name, at }) => name === 'switchService' && at < gone)?.at ?? gone;
      expect(gone - left).toBeGreaterThanOrEqual(29);
    });
  });
});

describe('a blue/green deployment', () => {
  test('moves all traffic to a green that was tested, and ends on the target’s own Deployment', async () => {
    await scene('blueGreenDeployment', async ({ world, tracks, release }) => {
      expect(await release()).toMatchObject({ outcome: 'released', from, to });
      expect(world.image).toBe(to);
      expect(tracks.served).toContainEqual({ stable: 0, canary: 0, green: replicas });
    });
  });

  test('whose green fails its tests never serves it', async () => {
    await scene('blueGreenDeployment', async ({ world, tracks, release }) => {
      world.sickImages.add(to);
      expect(await release()).toMatchObject({ outcome: 'rolledBack' });
      expect(tracks.served.some(({ green }) => green > 0)).toBe(false);
      expect(world.image).toBe(from);
    });
  });

  test('goes back to blue when green turns bad after the switch', async () => {
    await scene('blueGreenDeployment', async ({ world, tracks, release }) => {
      tracks.badFrom = 1;
      expect(await release()).toMatchObject({ outcome: 'rolledBack' });
      expect(world.image).toBe(from);
    });
  });

  test('waits before the switch where a gate is asked for', async () => {
    await scene('blueGreenDeployment', async ({ start }) => {
      expect((await promoteWhenAsked(await start({ gate: true }))).outcome).toBe('released');
    });
  });
});

const canaryCalls = [
  'pauseAutoscaler',
  'createTrack',
  'shiftTraffic',
  'bake',
  'setImage',
  'deleteTrack',
  'verifyTarget',
] as const;
const blueGreenCalls = [
  'switchService',
  'createTrack',
  'awaitRollout',
  'awaitEndpoints',
  'bake',
  'setImage',
  'deleteTrack',
] as const;
const each = [
  ...canaryCalls
    .filter((call) => call !== 'pauseAutoscaler')
    .map((call) => ['canaryDeployment', call] as const),
  ...blueGreenCalls.map((call) => ['blueGreenDeployment', call] as const),
];

describe('whatever happens, capacity is kept and everything is put back', () => {
  test.each(each)('when in a %s %s fails for good, at each of its calls', async (type, activity) => {
    for (let failing = 1; failing <= 6; failing += 1) {
      let failed = false;
      await scene(type, async ({ world, release }) => {
        world.interfere = (name, call) => {
          if (name !== activity || call !== failing) return;
          failed = true;
          throw ApplicationFailure.nonRetryable('broken', failureTypes.invalidObject);
        };
        const status = await release();
        expect(world.image).toBe(status.outcome === 'released' ? to : from);
        expect(status.outcome).toBe(failed ? 'rolledBack' : 'released');
      });
      if (!failed) break;
    }
  });

  test.each(each)('when a %s is aborted during %s', async (type, activity) => {
    await scene(type, async ({ world, start }) => {
      hold(world, activity, 1);
      const handle = await start();
      // Waiting for the end lets the time skip to the call.
      const end = lastStatus(handle);
      await until(() => world.calls.includes(activity));
      await handle.signal('abort', { by: 'ben' });
      expect(await end).toMatchObject({ outcome: 'aborted' });
      expect(world.image).toBe(from);
    });
  });
});

/** The first calls of an activity wait until they are cancelled. */
function hold(world: World, held: ActivityName, calls: number): void {
  world.interfere = async (activity, call) => {
    if (activity === held && call <= calls) await untilCancelled();
  };
}

/** Promotes as soon as the release listens; what comes too early is answered, and tried again. */
async function promoteWhenAsked(handle: WorkflowHandle): Promise<ReleaseStatus> {
  let asked = false;
  await until(async () => {
    const { next = '' } = await handle.query<ReleaseStatus>('status');
    asked = /a person/.test(next);
    return asked;
  });
  await handle.signal('promote', { by: 'ana' });
  return lastStatus(handle);
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 25));
}
