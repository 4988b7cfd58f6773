import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { failureTypes } from '../../src/domain/failures.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget, type TargetChange } from '../support/a-target.ts';
import { answerTo, statusWhen } from '../support/messages.ts';
import { lastStatus, playScene, type Scene } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const requestedBy = 'Rita <rita@example.com>';
const ada = { by: 'ada@example.com' };
const ben = { by: 'Ben <BEN@example.com>' };
const people = ['ada@example.com', 'ben@example.com', 'cleo@example.com', 'rita@example.com'];
const approval = { required: 2, people, expirySeconds: 86_400 };

interface AskedScene extends Scene {
  /** A release that people are asked about. */
  readonly ask: (change?: object) => Promise<WorkflowHandle>;
}

const scene = (
  work: (scene: AskedScene) => Promise<void>,
  environment: NonNullable<TargetChange['environment']> = {},
) =>
  playScene(
    { bench, type: 'release', target: aTarget({ environment: { approval, ...environment } }), replicas: 10 },
    (played) =>
      work({
        ...played,
        ask: async (change) => {
          const handle = await played.start({ requestedBy, ...change });
          await statusWhen(handle, (status) => status.approval !== undefined);
          return handle;
        },
      }),
  );

/** The workflow that does the work, whoever was asked for it. */
const holder = () => bench.env.client.workflow.getHandle('target:shop:dev');

const approversOf = ({ approval: round }: ReleaseStatus) => round?.approvals.map(({ by }) => by);

type Sent = readonly [name: string, message: unknown, answer: RegExp];

/** Each is answered before the next is sent. */
const refusals: readonly Sent[] = [
  [
    'approve',
    { by: 'rita@example.com' },
    /rita@example.com asked for this release: 2 other people must approve it$/,
  ],
  [
    'approve',
    { by: 'mallory' },
    /only ada@example.com, ben@example.com, cleo@example.com may approve here, not mallory$/,
  ],
  [
    'approve',
    { by: 'Ada Lovelace <ADA@example.com>' },
    /ada@example.com approved the plan \w{8} before and counts once: 1 of 2 approved$/,
  ],
  [
    'approve',
    { ...ben, plan: '0123456789' },
    /it names the plan 01234567, and the plan is \w{8} now: read it again, then approve that one$/,
  ],
  [
    'approve',
    { ...ben, paln: '0123456789' },
    /unknown field "paln"; the fields of "approve" are by, plan, reason, signature, as in {"by": "you@example.com"}$/,
  ],
  ['approve', 'ben@example.com', /expected one JSON object such as {"by": "you@example.com"}$/],
  ['approve', { by: ' ' }, /"by" must say who you are/],
  ['revoke', ben, /ben@example.com has not approved the plan \w{8}, so there is nothing to take back$/],
  [
    'reject',
    { by: 'mallory' },
    /only ada@example.com, ben@example.com, cleo@example.com may reject, not mallory; "abort" is open to everybody$/,
  ],
  ['promote', ada, /nothing waits for it now/],
  ['attest', { ...ada, item: 'loadTest' }, /no checklist is open now$/],
  [
    'override',
    { ...ada, what: 'window', reason: 'because' },
    /nothing is held up now by a window or a promotion rule$/,
  ],
  ['resume', ada, /it is not paused$/],
];

describe('what does not count', () => {
  test.each<[string, (handle: WorkflowHandle) => WorkflowHandle]>([
    ['the release that people started', (handle) => handle],
    ['the workflow that holds the target', holder],
  ])('is refused with the reason, as an update to %s, and leaves no trace', async (_whom, addressee) => {
    await scene(async ({ ask }) => {
      const handle = await ask();
      const to = addressee(handle);
      expect(await answerTo(to, 'approve', ada)).toMatch(
        /^ada@example.com approves the plan \w{8}: 1 of 2, 1 more is missing$/,
      );
      for (const [name, message, answer] of refusals) {
        const refused = await answerTo(to, name, message);
        expect(refused).toMatch(/^InvalidRequest: /);
        expect(refused).toMatch(answer);
      }
      const { notes, approval: round, decisions } = await holder().query<ReleaseStatus>('status');
      expect(round?.approvals.map(({ by }) => by)).toEqual(['ada@example.com']);
      expect(decisions).toHaveLength(1);
      expect(notes).toEqual([]);
    });
  });

  test.each<[string, (handle: WorkflowHandle) => WorkflowHandle]>([
    ['the release that people started', (handle) => handle],
    ['the workflow that holds the target', holder],
  ])('is kept as a note, as a signal to %s', async (_whom, addressee) => {
    await scene(async ({ ask }) => {
      const handle = await ask();
      const to = addressee(handle);
      await to.signal('approve', ada);
      for (const [name, message] of refusals) await to.signal(name, message);
      const { notes, approval: round } = await statusWhen(
        handle,
        (status) => status.notes.length >= refusals.length,
      );
      for (const [name, , answer] of refusals) {
        expect(notes).toContainEqual(
          expect.stringMatching(new RegExp(`^"${name}"( by .+)? was not followed: `)),
        );
        expect(notes).toContainEqual(expect.stringMatching(answer));
      }
      expect(round?.approvals.map(({ by }) => by)).toEqual(['ada@example.com']);
    });
  });
});

describe('people are asked', () => {
  test('and two of them let the release go, by signal and by update; the thread in chat says so', async () => {
    await scene(
      async ({ world, ask }) => {
        const handle = await ask();
        const asked = await statusWhen(handle, ({ next }) => next?.includes('approve') === true);
        const plan = asked.planDigest?.slice(0, 8) ?? 'none';
        expect(asked.next).toMatch(
          /^0 of 2, 2 more are missing: ada@example.com or ben@example.com or cleo@example.com can "approve" the plan \w{8} until .* UTC; "reject" ends the release$/,
        );
        await handle.signal('approve', { ...ada, plan });
        await statusWhen(handle, (status) => approversOf(status)?.length === 1);
        expect(await answerTo(handle, 'approve', { ...ben, plan, signature: 'c2lnbmVk' })).toMatch(
          /2 of 2, approved by ada@example.com and ben@example.com$/,
        );
        const status = await lastStatus(handle);
        expect(status).toMatchObject({ outcome: 'released' });
        expect(status.approval?.approvals[1]?.signature).toBe('c2lnbmVk');
        expect(status.decisions?.map(({ by, what }) => `${what} by ${by}`)).toEqual([
          'approve by ada@example.com',
          'approve by Ben <BEN@example.com>',
        ]);
        const texts = world.messages.map(({ text }) => text);
        expect(texts).toContainEqual(
          expect.stringMatching(
            /^\[DEPLOYMENT\] Shop v4.1.0 waits for 2 approvals of the plan \w{8} until .* UTC, from ada@example.com or .*: temporal workflow signal -w shop-release-\d+ --name approve --input '{"by":"you@example.com","plan":"\w{8}"}'$/,
          ),
        );
        expect(texts).toContainEqual(
          expect.stringMatching(
            /^\[DEPLOYMENT\] Shop v4.1.0: the plan \w{8} is approved \(2 of 2, approved by ada@example.com and ben@example.com\)$/,
          ),
        );
      },
      { announcement: { leadSeconds: 0 } },
    );
  });

  test('and who takes an approval back is missing again', async () => {
    await scene(async ({ world, ask }) => {
      const handle = await ask();
      await answerTo(handle, 'approve', ada);
      expect(await answerTo(handle, 'revoke', ada)).toBe(
        'ada@example.com takes the approval back: 0 of 2, 2 more are missing',
      );
      await answerTo(handle, 'approve', ben);
      expect(world.calls).not.toContain('backUpTarget');
      expect(await answerTo(handle, 'approve', { by: 'cleo@example.com' })).toContain(
        'approved by ben@example.com and cleo@example.com',
      );
      expect(await lastStatus(handle)).toMatchObject({ outcome: 'released' });
    });
  });

  test('and can take it back while the release waits for its announced start, which then waits for them', async () => {
    await scene(
      async ({ world, ask }) => {
        const handle = await ask();
        await answerTo(handle, 'approve', ada);
        expect(await answerTo(handle, 'approve', ben)).toContain('2 of 2');
        expect(await answerTo(handle, 'revoke', ada)).toContain('1 of 2');
        await bench.env.sleep('1h');
        expect(world.calls).not.toContain('backUpTarget');
        await answerTo(handle, 'approve', { by: 'cleo@example.com' });
        const status = await lastStatus(handle);
        expect(status).toMatchObject({ outcome: 'released' });
        expect(approversOf(status)).toEqual(['ben@example.com', 'cleo@example.com']);
      },
      { announcement: { leadSeconds: 900 } },
    );
  });

  test('and a no ends it, also after it was complete', async () => {
    await scene(
      async ({ world, ask }) => {
        const handle = await ask();
        await answerTo(handle, 'approve', ada);
        await answerTo(handle, 'approve', ben);
        expect(
          await answerTo(handle, 'reject', { by: 'cleo@example.com', reason: 'the vault is down' }),
        ).toMatch(/^cleo@example.com rejects the plan/);
        const failure = await failureOf(handle);
        expect(failure.type).toBe(failureTypes.rejected);
        expect(failure.message).toMatch(
          /^the plan \w{8} was rejected by cleo@example.com: the vault is down. Nothing was changed.$/,
        );
        expect(world.calls).not.toContain('backUpTarget');
      },
      { announcement: { leadSeconds: 900 } },
    );
  });

  test('and not enough of them answer in time: the release ends, and what comes then is told so by the server', async () => {
    await scene(async ({ world, ask }) => {
      const handle = await ask();
      await handle.signal('approve', ada);
      const failure = await failureOf(handle);
      expect(failure.type).toBe(failureTypes.approvalExpired);
      expect(failure.message).toMatch(
        /^the plan \w{8} was not approved in time: 1 of 2, 1 more is missing at .* UTC. Nothing was changed.$/,
      );
      expect(world.calls).not.toContain('backUpTarget');
      await expect(handle.signal('approve', ben)).rejects.toThrow(/completed|not found/i);
      await expect(handle.executeUpdate('approve', { args: [ben] })).rejects.toThrow(/completed|not found/i);
    });
  });

  test('but not before there is a plan: an approval that comes with the start is noted', async () => {
    await scene(async ({ world }) => {
      let goOn = (): void => undefined;
      const heard = new Promise<void>((resolve) => (goOn = resolve));
      // It is passed on to the workflow that asks, which must not be quicker.
      world.interfere = (activity) => (activity === 'preflight' ? heard : undefined);
      const handle = await bench.env.client.workflow.signalWithStart('release', {
        taskQueue: world.target.environment.taskQueue,
        workflowId: 'shop-early',
        args: [{ service: 'shop', environment: 'dev', version: '4.1.0', requestedBy }],
        signal: 'approve',
        signalArgs: [ada],
      });
      await statusWhen(handle, ({ notes }) => notes.length > 0);
      goOn();
      const status = await statusWhen(handle, ({ approval: round }) => round !== undefined);
      expect(status.notes).toContain(
        '"approve" by ada@example.com was not followed: nobody is asked for approval now',
      );
      expect(approversOf(status)).toEqual([]);
    });
  });

  test('unless nobody but the requester could answer', async () => {
    await scene(
      async ({ release }) => {
        const status = await release({ requestedBy: 'ada@example.com' });
        expect(status.reason).toMatch(
          /the plan \w{8} cannot be approved: 2 must approve, and besides ada@example.com, who asks, only ben@example.com may. Let somebody else ask, or name more people under "approvals" of dev/,
        );
      },
      { approval: { ...approval, people: ['ada@example.com', 'ben@example.com'] } },
    );
  });
});

describe('a gate', () => {
  const steps = [
    { weight: 50, bake: 0, gate: true },
    { weight: 100, bake: 0 },
  ];
  const asCanary = { strategy: 'canary', steps };

  /** Both approve the plan, and the release comes to its gate. */
  async function toGate(handle: WorkflowHandle): Promise<ReleaseStatus> {
    await answerTo(handle, 'approve', ada);
    await answerTo(handle, 'approve', ben);
    return statusWhen(handle, (status) => status.approval?.subject === 'going on from 50 %');
  }

  test('needs as many approvals as a release does: nobody promotes through it', async () => {
    await scene(async ({ tracks, ask }) => {
      const handle = await ask(asCanary);
      const { approval: round } = await toGate(handle);
      expect(round).toMatchObject({ approvals: [], policy: { required: 2 } });
      expect(await answerTo(handle, 'promote', ada)).toBe(
        'InvalidRequest: this gate needs approvals: it opens with "approve"',
      );
      expect(await answerTo(handle, 'promote', { ...ada, full: true })).toMatch(
        /gates that need approvals still wait$/,
      );
      expect(await answerTo(handle, 'approve', { by: 'rita@example.com' })).toMatch(
        /^InvalidRequest: rita@example.com asked/,
      );
      expect(await answerTo(handle, 'approve', ada)).toMatch(/approves going on from 50 % \w{8}: 1 of 2/);
      expect(tracks.canary?.replicas).toBe(5);
      await answerTo(handle, 'approve', { by: 'cleo@example.com' });
      const status = await lastStatus(handle);
      expect(status).toMatchObject({ outcome: 'released' });
      expect(status.steps.find(({ name }) => name === 'Gate at 50 %')?.detail).toBe(
        'approved by ada@example.com and cleo@example.com',
      );
    });
  });

  test('that nobody opens in time, or that is rejected, puts the target back', async () => {
    for (const message of [undefined, { ...ben, reason: 'errors in the log' }]) {
      await scene(async ({ world, ask }) => {
        const handle = await ask(asCanary);
        await toGate(handle);
        if (message !== undefined) await answerTo(handle, 'reject', message);
        const status = await lastStatus(handle);
        expect(status).toMatchObject({ outcome: 'rolledBack' });
        expect(status.reason).toMatch(
          message === undefined
            ? /^going on from 50 % \w{8} was not approved in time: 0 of 2/
            : /^going on from 50 % \w{8} was rejected by ben@example.com: errors in the log. .* is back on 4.0.0/,
        );
        expect(world.image).toBe('example/shop:4.0.0');
      });
    }
  });

  test('opens for anybody where nobody has to approve', async () => {
    for (const name of ['approve', 'promote']) {
      await scene(
        async ({ start }) => {
          const handle = await start(asCanary);
          await statusWhen(
            handle,
            ({ phase, next }) => phase === 'Gate at 50 %' && next?.includes('a person') === true,
          );
          expect(await answerTo(handle, name, ada)).toBe('goes on with the next step');
          expect(await lastStatus(handle)).toMatchObject({ outcome: 'released' });
        },
        { approval: { ...approval, required: 0 } },
      );
    }
  });
});

async function failureOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  try {
    await handle.result();
  } catch (error) {
    if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
    throw error;
  }
  throw new Error('it did not fail');
}
