import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { createWindowActivities } from '../../src/activities/windows/index.ts';
import { toWindows } from '../../src/config/resolve-windows.ts';
import { windowsSchema } from '../../src/config/window-schema.ts';
import { failureTypes } from '../../src/domain/failures.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import type { EnvironmentSpec } from '../../src/domain/target.ts';
import type { WindowPolicy } from '../../src/domain/window.ts';
import { aTarget } from '../support/a-target.ts';
import { spanOf } from '../support/aftermath-scene.ts';
import { statusWhen } from '../support/messages.ts';
import { lastStatus, playScene, type Scene } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const minute = 60_000;
const hour = 60 * minute;
const policy: WindowPolicy = { outside: 'wait', override: { people: ['ana@example.com'] } };
const steps = [
  { weight: 10, bake: '15m' },
  { weight: 50, bake: '15m' },
  { weight: 100, bake: '5m' },
];
const to = 'example/shop:4.1.0';

interface WindowScene extends Scene {
  /** Milliseconds since 1970, by the server's own clock. */
  readonly began: number;
  readonly looks: () => number;
  /** What the file says from now on: closed from `from` to `to`, minutes after the beginning. */
  readonly freeze: (name: string, from: number, to?: number) => void;
  readonly thaw: () => void;
}

/** `agreed` is what the environment says of windows and announcements. */
async function scene(
  work: (scene: WindowScene) => Promise<void>,
  agreed: Partial<EnvironmentSpec> = { windows: policy },
): Promise<void> {
  const began = await bench.env.currentTimeMs();
  const time = (minutes: number) => new Date(began + minutes * minute).toISOString().replace(/\.\d+/, '');
  let looks = 0;
  let deny: object[] = [];
  const { lookAtWindows } = createWindowActivities({
    windowsOf: () => {
      looks += 1;
      return toWindows(windowsSchema.parse({ deny }), {});
    },
    now: () => bench.env.currentTimeMs(),
  });
  const target = aTarget({
    environment: { strategy: 'canary', ...agreed },
  });
  const setting = { bench, type: 'release', target, replicas: 10, besides: { lookAtWindows } };
  await playScene(setting, (played) =>
    work({
      ...played,
      began,
      looks: () => looks,
      freeze: (name, from, to) => {
        const end = to === undefined ? {} : { to: time(to) };
        deny = [...deny, { name, from: time(from), timeZone: 'UTC', ...end }];
      },
      thaw: () => {
        deny = [];
      },
    }),
  );
}

/** The wait before this point has begun. */
function waiting(handle: WorkflowHandle, point: string): Promise<ReleaseStatus> {
  return statusWhen(handle, ({ phase, next }) => phase === `Window for ${point}` && next !== undefined);
}

function stepOf(status: ReleaseStatus, name: string) {
  return status.steps.find((step) => step.name === name);
}

const override = (change: object = {}) => ({
  by: 'ana@example.com',
  what: 'window',
  reason: 'the shop is down',
  ...change,
});

test('an environment without windows is never asked about', async () => {
  await scene(async ({ release, looks }) => {
    expect(await release({ steps })).toMatchObject({ outcome: 'released' });
    expect(looks()).toBe(0);
  }, {});
});

test('within the windows a release goes on at once, and each step asks anew', async () => {
  await scene(async ({ release, looks }) => {
    const status = await release({ steps });
    expect(status).toMatchObject({ outcome: 'released' });
    expect(status.steps.map(({ name }) => name)).not.toContain('Window for the release');
    // The release, three steps, and the end.
    expect(looks()).toBe(5);
  });
});

test('a release in a freeze waits for its end, and says so', async () => {
  await scene(async ({ world, start, freeze, began, looks }) => {
    freeze('inventory', -60, 90);
    const handle = await start({ steps });
    const until = new Date(began + 90 * minute).toISOString().slice(0, 17);
    const status = await waiting(handle, 'the release');
    expect(status.waitingFor?.until).toContain(until);
    expect(status.waitingFor?.what).toMatch(/^the end of "inventory", until /);
    expect(status.next).toMatch(/^the release: opens .* UTC, in 1 h \d+ min.*; "override" with .*"abort"/);
    expect(world.calls).toEqual(['resolveTarget', 'preflight']);

    const end = await lastStatus(handle);
    expect(end).toMatchObject({ outcome: 'released' });
    expect(end.waitingFor).toBeUndefined();
    const waited = stepOf(end, 'Window for the release');
    expect(waited).toMatchObject({ state: 'done', detail: 'open' });
    expect(Date.parse(waited?.endedAt ?? '')).toBeGreaterThanOrEqual(
      Math.floor((began + 90 * minute) / 1_000) * 1_000,
    );
    // Once when it came, once when the timer was over, and before each step.
    expect(looks()).toBe(6);
    expect(await timerSummaries(handle)).toContainEqual(
      expect.stringMatching(/^dev is closed: "inventory", until .*; it opens .* UTC$/),
    );
  });
});

test('where the environment says so, a release in a freeze is refused with the rule and the opening', async () => {
  await scene(
    async ({ world, start, freeze }) => {
      freeze('inventory', -60, 90);
      const handle = await start();
      const failure = await failureOf(handle);
      expect(failure.type).toBe(failureTypes.refused);
      expect(failure.message).toMatch(
        /^Refused before any change\. dev is closed: "inventory", until .*; it opens .* UTC \(window-closed\): start it again from .* UTC on\.$/,
      );
      expect(world.calls).toEqual(['resolveTarget', 'preflight']);
    },
    { windows: { ...policy, outside: 'refuse' } },
  );
});

test('an allowed person lets a waiting release go, with a reason; nobody else does', async () => {
  await scene(async ({ start, freeze }) => {
    freeze('inventory', -60);
    const handle = await start({ steps });
    const { next } = await waiting(handle, 'the release');
    expect(next).toContain('no opening is in sight');
    const refusals: [object, RegExp][] = [
      [override({ by: 'eve@example.com' }), /eve@example.com is not among those who may: ana@example.com/],
      [override({ reason: ' ' }), /"reason" is missing/],
      [override({ what: 'promotion' }), /what holds the release up is a window/],
    ];
    for (const [message, why] of refusals) {
      const refused = await handle.executeUpdate('override', { args: [message] }).catch(causeOf);
      expect(refused).toMatch(why);
    }
    await handle.signal('override', override({ by: 'eve@example.com' }));
    expect(
      await handle.executeUpdate('override', { args: [override({ by: 'Ana <ANA@example.com>' })] }),
    ).toBe('the release goes on');
    const status = await lastStatus(handle);
    expect(status).toMatchObject({ outcome: 'released' });
    expect(status.notes).toContainEqual(
      expect.stringMatching(/^"override" by eve@example.com was not followed/),
    );
    expect(status.decisions).toMatchObject([
      {
        by: 'Ana <ANA@example.com>',
        what: 'override of "inventory", until further notice',
        reason: 'the shop is down',
      },
    ]);
    expect(stepOf(status, 'Window for the release')?.detail).toMatch(
      /^let through by Ana .*: the shop is down$/,
    );
  });
});

test('a freeze that begins during a bake holds up the next step only, and the release resumes after it', async () => {
  await scene(
    async ({ world, tracks, start, freeze, looks }) => {
      world.interfere = (activity, call) => {
        if (activity === 'bake' && call === 1) freeze('incident', -1, 600);
      };
      const handle = await start({ steps });
      const status = await waiting(handle, 'canary at 50 %');
      expect(stepOf(status, 'Watch at 10 %')).toMatchObject({ state: 'done' });
      expect([tracks.stable, tracks.canary?.replicas]).toEqual([9, 1]);
      expect(looks()).toBe(3);
      const end = await lastStatus(handle);
      expect(end).toMatchObject({ outcome: 'released', to });
      expect(tracks.served.some(({ canary }) => canary === 5)).toBe(true);
    },
    // One that is under way is not refused any more.
    { windows: { ...policy, outside: 'refuse' } },
  );
});

test('nothing is announced while it is closed, and a freeze that begins within the announced lead holds up the start', async () => {
  await scene(
    async ({ world, start, freeze }) => {
      freeze('inventory', -60, 90);
      const handle = await start({ strategy: 'standard' });
      await waiting(handle, 'the release');
      expect(world.messages).toEqual([]);
      world.interfere = (activity) => {
        if (activity === 'postMessage') freeze('incident', 95, 300);
      };
      const end = await lastStatus(handle);
      expect(end).toMatchObject({ outcome: 'released' });
      expect(end.steps.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['Window for the release', 'Window for the start']),
      );
      expect(world.messages.map(({ text }) => text)).toEqual(
        expect.arrayContaining([
          expect.stringContaining('starting in 15 minutes'),
          expect.stringMatching(/^Waiting: dev is closed: "incident"/),
        ]),
      );
    },
    { windows: policy, announcement: { leadSeconds: 900 } },
  );
});

test('an override is for the rule that it was given for: another one holds the release up again', async () => {
  await scene(async ({ world, start, freeze }) => {
    freeze('inventory', -60, 2_000);
    world.interfere = (activity, call) => {
      if (activity === 'bake' && call === 2) freeze('incident', -1, 3_000);
    };
    const handle = await start({ steps });
    await waiting(handle, 'the release');
    await handle.executeUpdate('override', { args: [override()] });
    const status = await waiting(handle, 'canary at 100 %');
    expect(stepOf(status, 'Window for canary at 50 %')).toBeUndefined();
    await handle.executeUpdate('override', { args: [override({ reason: 'this mends it' })] });
    const end = await lastStatus(handle);
    expect(end.decisions?.map(({ what }) => what.replace(/,.*/, ''))).toEqual([
      'override of "inventory"',
      'override of "incident"',
    ]);
    expect(end).toMatchObject({ outcome: 'released' });
  });
});

test('abort while waiting for the start ends a release that changed nothing', async () => {
  await scene(async ({ world, start, freeze }) => {
    freeze('inventory', -60, 90);
    const handle = await start();
    await waiting(handle, 'the release');
    await handle.signal('abort', { by: 'ben', reason: 'not today' });
    expect(await lastStatus(handle)).toMatchObject({
      outcome: 'aborted',
      reason: 'aborted by ben: not today. Nothing was changed.',
    });
    expect(world.calls).toEqual(['resolveTarget', 'preflight']);
  });
});

test('abort while a canary waits puts the target back, and putting it back asks for no window', async () => {
  await scene(async ({ world, tracks, start, freeze, looks }) => {
    world.interfere = (activity, call) => {
      if (activity === 'bake' && call === 2) freeze('incident', -1);
    };
    const handle = await start({ steps });
    await waiting(handle, 'canary at 100 %');
    expect(tracks.canary?.replicas).toBe(5);
    const before = looks();
    await handle.signal('abort', { by: 'ben', reason: 'it stays as it was' });
    expect(await lastStatus(handle)).toMatchObject({ outcome: 'aborted' });
    expect(looks()).toBe(before);
    expect([tracks.stable, tracks.canary, world.image]).toEqual([10, undefined, 'example/shop:4.0.0']);
  });
});

test('a canary that turns bad in a freeze goes back at once', async () => {
  await scene(async ({ world, tracks, start, freeze, looks }) => {
    world.interfere = (activity) => {
      if (activity === 'bake') freeze('incident', -1);
    };
    tracks.badFrom = 1;
    expect(await lastStatus(await start({ steps }))).toMatchObject({ outcome: 'rolledBack' });
    expect(looks()).toBe(2);
  });
});

test('a freeze that is lifted in the file is noticed within a day', async () => {
  await scene(async ({ start, freeze, thaw, began }) => {
    freeze('incident', -60);
    const handle = await start({ steps });
    await waiting(handle, 'the release');
    thaw();
    const end = await lastStatus(handle);
    expect(end).toMatchObject({ outcome: 'released' });
    const waited = Date.parse(stepOf(end, 'Window for the release')?.endedAt ?? '') - began;
    expect(waited).toBeLessThan(25 * hour);
  });
});

test('a release that was paused stays paused when the windows open', async () => {
  await scene(async ({ start, freeze, began }) => {
    freeze('inventory', -60, 30);
    const handle = await start({ steps });
    await waiting(handle, 'the release');
    await handle.signal('pause', { by: 'ben', reason: 'lunch' });
    await bench.env.sleep('2h');
    expect((await handle.query<ReleaseStatus>('status')).phase).toBe('Window for the release');
    await handle.signal('resume', { by: 'ben' });
    const end = await lastStatus(handle);
    expect(end).toMatchObject({ outcome: 'released' });
    expect(Date.parse(stepOf(end, 'Window for the release')?.endedAt ?? '')).toBeGreaterThan(
      began + 2 * hour,
    );
  });
});

test('people who say no need not wait until the windows open', async () => {
  const approval = { required: 1, people: [], expirySeconds: 86_400 };
  const work = async ({ world, start, freeze, began }: WindowScene) => {
    const handle = await start({ steps, requestedBy: 'ana@example.com' });
    await statusWhen(handle, ({ approval: round }) => round !== undefined);
    freeze('incident', 1, 10 * 60);
    await bench.env.sleep('2m');
    await handle.signal('approve', { by: 'ada@example.com' });
    await waiting(handle, 'the start');
    await handle.signal('reject', { by: 'ada@example.com', reason: 'not today' });
    const end = await lastStatus(handle);
    expect(end).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('not today') });
    // The server's own clock may run on by then: it skips what nobody waits for.
    expect((await spanOf(bench, handle.workflowId)).end - began).toBeLessThan(hour);
    expect(world.calls).not.toContain('backUpTarget');
  };
  await scene(work, { windows: policy, approval });
});

async function timerSummaries(handle: WorkflowHandle): Promise<string[]> {
  const asked = await bench.env.client.workflow.getHandle('target:shop:dev').fetchHistory();
  const { events } = asked.events?.length ? asked : await handle.fetchHistory();
  return (events ?? []).flatMap(({ userMetadata, timerStartedEventAttributes }) => {
    const data = userMetadata?.summary?.data;
    if (!timerStartedEventAttributes || !data) return [];
    return [JSON.parse(Buffer.from(data).toString()) as string];
  });
}

async function failureOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  try {
    await handle.result();
  } catch (error) {
    if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
    throw error;
  }
  throw new Error('it did not fail');
}

function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: Error };
  return cause?.message ?? String(error);
}
