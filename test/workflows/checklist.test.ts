import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import type { LookAtChecklistInput } from '../../src/activities/checklist/types.ts';
import type { ChecklistItem, ChecklistProof, ChecklistSighting } from '../../src/domain/checklist.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import type { EnvironmentSpec } from '../../src/domain/target.ts';
import { aTarget } from '../support/a-target.ts';
import { statusWhen } from '../support/messages.ts';
import { lastStatus, playScene, type Scene } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const minute = 60_000;
/** In minutes: the server's clock goes on by itself, too. */
const leeway = 2;
const ana = 'ana@example.com';
const person: ChecklistProof = { by: 'person' };
const notes = item('releaseNotes', { by: 'releaseNotes' });
const plan = item('rollbackPlan', person);

function item(name: string, proof: ChecklistProof, need: ChecklistItem['need'] = 'required'): ChecklistItem {
  return { name, title: `Title of ${name}`, need, proof };
}

type State = ChecklistSighting['state'];

interface ChecklistScene extends Scene {
  /** What the systems say from now on. */
  says(name: string, state: State): void;
  /** Called at each look, with its number; throw to make it fail. */
  onLook: (look: number) => void;
  /** Whole minutes between each look and the next. */
  readonly pauses: readonly number[];
  readonly asked: readonly LookAtChecklistInput[];
}

async function scene(
  agreed: Partial<EnvironmentSpec>,
  work: (scene: ChecklistScene) => Promise<void>,
): Promise<void> {
  const states = new Map<string, State>();
  const times: number[] = [];
  const asked: LookAtChecklistInput[] = [];
  const own = {
    says: (name: string, state: State) => void states.set(name, state),
    onLook: (_look: number): void => undefined,
    asked,
    get pauses() {
      return times.slice(1).map((time, before) => Math.floor((time - (times[before] ?? 0)) / minute));
    },
  };
  const scene = {} as ChecklistScene;
  const lookAtChecklist = async (input: LookAtChecklistInput): Promise<readonly ChecklistSighting[]> => {
    asked.push(input);
    times.push(await bench.env.currentTimeMs());
    scene.onLook(times.length);
    return input.items.map(({ name }) => {
      const state = states.get(name) ?? 'done';
      return { name, state, detail: `it is ${state}`, ...(state === 'done' ? {} : { remedy: 'Mend it' }) };
    });
  };
  const target = aTarget({ environment: agreed });
  const setting = { bench, type: 'release', target, replicas: 3, besides: { lookAtChecklist } };
  await playScene(setting, (played) => {
    Object.defineProperties(scene, Object.getOwnPropertyDescriptors({ ...played }));
    Object.defineProperties(scene, Object.getOwnPropertyDescriptors(own));
    return work(scene);
  });
}

function waiting(handle: WorkflowHandle, is: (status: ReleaseStatus) => boolean = () => true) {
  return statusWhen(
    handle,
    (status) => status.waitingFor?.step === 'Checklist' && status.next !== undefined && is(status),
  );
}

const attest = (handle: WorkflowHandle, change: object) =>
  handle.executeUpdate<string, [object]>('attest', { args: [{ by: ana, ...change }] });

function refusalOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  return cause instanceof Error ? cause.message : String(error);
}

test('an environment without a checklist asks nobody', async () => {
  await scene({}, async ({ release, asked }) => {
    const status = await release();
    expect(status).toMatchObject({ outcome: 'released' });
    expect(status.checklist).toBeUndefined();
    expect(asked).toHaveLength(0);
  });
});

test('what systems can prove holds nobody up, and is shown', async () => {
  const checklist = [notes, item('loadTest', person, 'requiredForMajor'), item('docs', person, 'optional')];
  await scene({ checklist }, async ({ release, asked }) => {
    const status = await release();
    expect(status.outcome).toBe('released');
    expect(status.checklist?.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      'releaseNotes: done',
      'loadTest: notNeeded',
      'docs: missing',
    ]);
    expect(status.steps.find(({ name }) => name === 'Checklist')).toMatchObject({
      state: 'done',
      detail: '1 of 3 done, 1 not needed, 1 missing',
    });
    expect(asked).toEqual([{ service: 'shop', version: '4.1.0', items: [notes] }]);
  });
});

test('a major release needs what only major ones do', async () => {
  const checklist = [item('loadTest', person, 'requiredForMajor')];
  await scene({ checklist }, async ({ start }) => {
    const handle = await start({ version: '5.0.0' });
    expect((await waiting(handle)).checklist).toMatchObject([{ name: 'loadTest', state: 'missing' }]);
    await attest(handle, { item: 'loadTest' });
    expect((await lastStatus(handle)).outcome).toBe('released');
  });
});

test('everything that is missing is said in one message, and people supply it: the requester, too', async () => {
  const checklist = [notes, plan, item('legal', person)];
  await scene({ checklist, announcement: { leadSeconds: 0 } }, async ({ world, says, start }) => {
    says('releaseNotes', 'missing');
    const handle = await start({ requestedBy: ana });
    const { next, waitingFor } = await waiting(handle);
    const command = (name: string) =>
      `temporal workflow signal -w ${handle.workflowId} --name attest --input '{"by":"you@example.com","item":"${name}","link":"https://example.com/proof"}'`;
    const all =
      '1. Title of releaseNotes (releaseNotes): it is missing. Mend it; it is looked at again by itself. ' +
      `2. Title of rollbackPlan (rollbackPlan): waits for a person's word. Attest it with: ${command('rollbackPlan')} ` +
      `3. Title of legal (legal): waits for a person's word. Attest it with: ${command('legal')}`;
    expect(next).toBe(`the release goes on when the checklist is complete. Missing: ${all}`);
    expect(waitingFor?.what).toBe('the checklist');
    expect(world.image).toBe('example/shop:4.0.0');

    await handle.signal('attest', { by: ana, item: 'rollbackPlan', link: 'https://wiki.example.com/plan' });
    const afterOne = await waiting(handle, (status) => status.checklist?.[1]?.state === 'done');
    expect(afterOne.next).not.toContain('rollbackPlan');
    expect(await attest(handle, { by: 'bo@example.com', item: 'legal' })).toBe(
      '"legal" is recorded as done, attested by bo@example.com',
    );
    says('releaseNotes', 'done');
    const status = await lastStatus(handle);
    expect(status.outcome).toBe('released');
    expect(status.checklist).toMatchObject([
      { name: 'releaseNotes', state: 'done' },
      { name: 'rollbackPlan', state: 'done', by: ana, link: 'https://wiki.example.com/plan' },
      { name: 'legal', state: 'done', by: 'bo@example.com' },
    ]);
    expect(status.checklist?.[1]?.detail).toMatch(
      /^attested by ana@example\.com at \d{4}-\d\d-\d\d \d\d:\d\d UTC$/,
    );
    expect(status.decisions?.map(({ by, what }) => `${by}: ${what}`)).toEqual([
      'ana@example.com: attest rollbackPlan (https://wiki.example.com/plan)',
      'bo@example.com: attest legal',
    ]);
    const told = world.messages.filter(({ text }) => text.includes('waits for its checklist'));
    expect(told.map(({ text }) => text.replace(/until \S+ \S+ UTC/, 'until … UTC'))).toEqual([
      `[DEPLOYMENT] Shop v4.1.0 waits for its checklist until … UTC. Missing: ${all}`,
    ]);
    // Nothing is announced before it may go.
    expect(world.messages.findIndex(({ text }) => text.includes('deployment starting'))).toBeGreaterThan(
      world.messages.findIndex(({ text }) => text.includes('waits for its checklist')),
    );
  });
});

test('an attest that says nothing is refused with the names that are known; as a signal it is noted', async () => {
  await scene({ checklist: [notes, plan, item('checks', { by: 'checks' })] }, async ({ says, start }) => {
    says('checks', 'missing');
    const handle = await start();
    await waiting(handle);
    const refused = async (change: object) =>
      refusalOf(await attest(handle, change).catch((error: unknown) => error));
    expect(await refused({ item: 'rollbackplan' })).toBe(
      'the checklist has no item "rollbackplan". Its items: releaseNotes, rollbackPlan, checks. What can be attested: rollbackPlan.',
    );
    expect(await refused({ item: 'releaseNotes' })).toMatch(/^"releaseNotes" is done already: it is done\./);
    expect(await refused({ item: 'checks' })).toMatch(/A person's word does not replace it/);
    expect(await refused({})).toContain('"item" is missing');
    await handle.signal('attest', { by: ana, item: 'checks' });
    const { notes: noted } = await waiting(handle, ({ notes: list }) => list.length > 0);
    expect(noted[0]).toMatch(
      /^"attest" by ana@example\.com was not followed: "checks" is proved by another system/,
    );
    await handle.signal('abort', { by: ana });
    expect(await lastStatus(handle)).toMatchObject({ outcome: 'aborted' });
  });
});

test('what systems say is missing is looked at again, at growing pauses, until it is there', async () => {
  await scene({ checklist: [notes] }, async (own) => {
    own.says('releaseNotes', 'missing');
    own.onLook = (look) => {
      if (look === 8) own.says('releaseNotes', 'done');
    };
    expect(await own.release()).toMatchObject({ outcome: 'released' });
    expect(own.pauses).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });
});

test('while only people are waited for, no system is asked; what it said long ago is asked again at the end', async () => {
  await scene({ checklist: [notes, plan] }, async (own) => {
    const { asked, says, start } = own;
    const handle = await start();
    await waiting(handle);
    await bench.env.sleep('10h');
    expect(asked).toHaveLength(1);
    says('releaseNotes', 'missing');
    await attest(handle, { item: 'rollbackPlan' });
    await waiting(handle, ({ checklist }) => checklist?.[0]?.state === 'missing');
    says('releaseNotes', 'done');
    expect((await lastStatus(handle)).outcome).toBe('released');
    const [pause] = own.pauses;
    expect(pause).toBeGreaterThanOrEqual(600);
    expect(pause).toBeLessThanOrEqual(600 + leeway);
  });
});

test('a person may speak for a system that is away, and not any more when it is back and says no', async () => {
  await scene({ checklist: [notes, plan] }, async ({ says, start }) => {
    says('releaseNotes', 'unknown');
    const handle = await start();
    const { checklist } = await waiting(handle);
    expect(checklist?.[0]).toMatchObject({ state: 'unknown', attestable: true });
    await attest(handle, { item: 'releaseNotes', link: 'https://example.com/notes' });
    await bench.env.sleep('1h');
    says('releaseNotes', 'missing');
    await attest(handle, { item: 'rollbackPlan' });
    const back = await waiting(handle, (status) => status.checklist?.[0]?.state === 'missing');
    expect(back.checklist?.[0]).toMatchObject({
      state: 'missing',
      attestable: false,
      detail: 'it is missing',
    });
    says('releaseNotes', 'done');
    expect((await lastStatus(handle)).outcome).toBe('released');
  });
});

test('a worker that cannot look makes items unknown, and says why', async () => {
  await scene({ checklist: [notes] }, async (own) => {
    own.onLook = (look) => {
      if (look === 1) throw ApplicationFailure.nonRetryable('out of memory');
    };
    const handle = await own.start();
    const { checklist } = await waiting(handle);
    expect(checklist).toMatchObject([{ state: 'unknown', detail: 'nobody could look: out of memory' }]);
    expect((await lastStatus(handle)).outcome).toBe('released');
  });
});

test.each([
  [undefined, 24 * 60, 100],
  [7_200, 120, 13],
])(
  'a checklist that stays incomplete for its time (%s s) ends the release with what is missing, and nothing is changed',
  async (checklistExpirySeconds, minutes, maxLooks) => {
    const agreed = {
      checklist: [notes, plan],
      ...(checklistExpirySeconds === undefined ? {} : { checklistExpirySeconds }),
    };
    await scene(agreed, async (own) => {
      own.says('releaseNotes', 'missing');
      const status = await own.release();
      const { startedAt = '', endedAt = '' } = status.steps.find(({ name }) => name === 'Checklist') ?? {};
      const took = Math.floor((Date.parse(endedAt) - Date.parse(startedAt)) / minute);
      expect(took).toBeGreaterThanOrEqual(minutes);
      expect(took).toBeLessThanOrEqual(minutes + leeway);
      expect(status).toMatchObject({
        outcome: 'refused',
        reason:
          'Refused before any change. The time for the checklist is over. Missing: ' +
          '1. Title of releaseNotes (releaseNotes): it is missing. ' +
          "2. Title of rollbackPlan (rollbackPlan): waits for a person's word. " +
          'Supply them, then start the release again.',
      });
      expect(own.asked.length).toBeLessThanOrEqual(maxLooks);
      expect(own.world.image).toBe('example/shop:4.0.0');
      expect(own.world.calls).not.toContain('backUpTarget');
    });
  },
);

test('an abort ends the wait', async () => {
  await scene({ checklist: [plan] }, async ({ world, start }) => {
    const handle = await start();
    await waiting(handle);
    await handle.signal('abort', { by: ana, reason: 'not today' });
    expect(await lastStatus(handle)).toMatchObject({
      outcome: 'aborted',
      reason: 'aborted by ana@example.com: not today. Nothing was changed.',
    });
    expect(world.calls).not.toContain('backUpTarget');
  });
});

test('an attest after the checklist is complete, or before it is open, is noted and changes nothing', async () => {
  await scene({ checklist: [notes] }, async ({ world, start }) => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.interfere = (activity) => (activity === 'preflight' ? held : undefined);
    const handle = await start();
    await handle.signal('attest', { by: ana, item: 'releaseNotes' });
    await statusWhen(handle, ({ notes: noted }) => noted.length > 0);
    release();
    const status = await lastStatus(handle);
    expect(status).toMatchObject({ outcome: 'released' });
    expect(status.notes).toContain('"attest" by ana@example.com was not followed: no checklist is open now');
  });
});
