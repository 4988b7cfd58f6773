/** Schedules on the server that people use: those of the file, and one made by the temporal CLI. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { join } from 'node:path';
import type { ScheduleSpec } from '../../src/domain/schedule.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { reconcileSchedules } from '../../src/worker/schedules.ts';
import { aTarget } from '../support/a-target.ts';
import { toolsFolder } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { aWorld } from '../support/fake-world.ts';
import { openServerBench, servedBy, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openServerBench();
});
afterAll(() => bench.close());

function aSchedule(name: string, change: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return {
    name,
    service: 'shop',
    environment: 'production',
    version: '4.3.0',
    times: { kind: 'cron', cron: '0 2 * * 1-5' },
    timeZone: 'Europe/Berlin',
    ...change,
  };
}

const said: string[] = [];
const log = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };

function reconcile(schedules: readonly ScheduleSpec[], taskQueue = 'fairway'): Promise<void> {
  return reconcileSchedules(bench.env.client.schedule, { taskQueue, schedules }, log);
}

function describeSchedule(name: string) {
  return bench.env.client.schedule.getHandle(name).describe();
}

async function listed(...names: string[]): Promise<void> {
  const list = async () => {
    const found = new Set<string>();
    for await (const { scheduleId } of bench.env.client.schedule.list()) found.add(scheduleId);
    return found;
  };
  await eventually(list, (found) => names.every((name) => found.has(name)));
}

describe('the schedules of the file', () => {
  test('are created as described, by two workers that start at once', async () => {
    const calendar = { kind: 'calendar', hour: 2, minute: 30, daysOfWeek: ['MONDAY'] } as const;
    const both = [aSchedule('twice'), aSchedule('calendar', { times: calendar, paused: true })];
    await Promise.all([reconcile(both, 'twins'), reconcile(both, 'twins')]);
    const { action, policies, state, info, spec } = await describeSchedule('twice');
    expect(action).toMatchObject({
      workflowType: 'release',
      taskQueue: 'twins',
      args: [{ service: 'shop', environment: 'production', version: '4.3.0', requestedBy: 'schedule:twice' }],
    });
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 600_000 });
    expect(spec.timezone).toBe('Europe/Berlin');
    expect(state.paused).toBe(false);
    const berlin = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' });
    expect(info.nextActionTimes.slice(0, 3).map((time) => berlin.format(time))).toEqual([
      '02:00',
      '02:00',
      '02:00',
    ]);
    const other = await describeSchedule('calendar');
    expect(other.state.paused).toBe(true);
    expect(other.info.nextActionTimes[0]?.getUTCDay()).toBe(1);
  });

  test('are left alone when nothing changed; a pause by hand outlives a change', async () => {
    await reconcile([aSchedule('kept')], 'keeper');
    await bench.env.client.schedule.getHandle('kept').pause('holiday');
    await reconcile([aSchedule('kept')], 'keeper');
    expect((await describeSchedule('kept')).state).toMatchObject({ paused: true, note: 'holiday' });
    await reconcile([aSchedule('kept', { version: '4.4.0' })], 'keeper');
    const changed = await describeSchedule('kept');
    expect(changed.state.paused).toBe(true);
    expect(changed.action.args).toMatchObject([{ version: '4.4.0' }]);
    await reconcile([aSchedule('kept', { version: '4.4.0', paused: false })], 'keeper');
    expect((await describeSchedule('kept')).state.paused).toBe(false);
  });

  test('are removed with their entry; those of others are never touched', async () => {
    const { schedule } = bench.env.client;
    const action = {
      type: 'startWorkflow',
      workflowType: 'verification',
      taskQueue: 'mine',
      args: [],
    } as const;
    await schedule.create({ scheduleId: 'by-hand', spec: { cronExpressions: ['0 5 * * *'] }, action });
    await reconcile([aSchedule('of-others')], 'others');
    await reconcile([aSchedule('goes'), aSchedule('stays')], 'remover');
    await listed('by-hand', 'of-others', 'goes', 'stays');
    await reconcile([aSchedule('stays'), aSchedule('by-hand'), aSchedule('of-others')], 'remover');
    await expect(describeSchedule('goes')).rejects.toThrow();
    expect((await describeSchedule('stays')).action.taskQueue).toBe('remover');
    expect((await describeSchedule('by-hand')).action.workflowType).toBe('verification');
    expect((await describeSchedule('of-others')).action.taskQueue).toBe('others');
    expect(said.filter((text) => text.includes('left alone'))).toHaveLength(2);
  });

  test('that the server refuses stop the start, with its words', async () => {
    const wrong = aSchedule('wrong', { times: { kind: 'cron', cron: '99 2 * * *' } });
    await expect(reconcile([wrong])).rejects.toThrow(
      'Temporal refuses schedules.wrong of the file: Minute is not in range [0-59]',
    );
  });
});

/** Runs what a schedule started, and answers how it ended. */
async function firing(schedule: string, number = 1): Promise<ReleaseStatus> {
  const actions = async () => (await describeSchedule(schedule)).info.recentActions;
  const recent = await eventually(actions, ({ length }) => length >= number);
  const fired = [...recent].sort((a, b) => a.takenAt.getTime() - b.takenAt.getTime())[number - 1];
  const workflowId = fired?.action.workflow.workflowId ?? '';
  expect(workflowId).toMatch(new RegExp(`^${schedule}-\\d{4}-\\d\\d-\\d\\dT`));
  return (await bench.env.client.workflow.getHandle(workflowId).result()) as ReleaseStatus;
}

describe('a schedule', () => {
  test('of the file releases what another environment verified last', async () => {
    const staging = aTarget({ environment: { name: 'staging' } });
    await bench.runWith(
      (taskQueue) => aWorld(servedBy(taskQueue, staging)),
      async (_world, taskQueue) => {
        const args = [{ service: 'shop', environment: 'staging', version: '4.7.0' }];
        await bench.env.client.workflow.execute('release', { taskQueue, workflowId: 'staging-4.7.0', args });
      },
    );
    await bench.runWith(
      (taskQueue) => aWorld(servedBy(taskQueue, aTarget({ environment: { name: 'production' } }))),
      async (world, taskQueue) => {
        const { version: _none, ...rest } = aSchedule('nightly', { verifiedIn: 'staging' });
        await reconcile([rest], taskQueue);
        await bench.env.client.schedule.getHandle('nightly').trigger();
        expect(await firing('nightly')).toMatchObject({
          outcome: 'released',
          version: '4.7.0',
          requestedBy: 'schedule:nightly',
          to: 'example/shop:4.7.0',
        });
        expect(world.image).toBe('example/shop:4.7.0');
        const backUps = () => world.calls.filter((call) => call === 'backUpTarget').length;
        const before = backUps();
        // A second later, so that the next firing has another workflow ID.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await bench.env.client.schedule.getHandle('nightly').trigger('ALLOW_ALL');
        expect(await firing('nightly', 2)).toMatchObject({
          outcome: 'unchanged',
          reason: '4.7.0 runs already: nothing to do.',
        });
        expect(backUps()).toBe(before);
      },
    );
  });

  test.each(['release', 'standardDeployment'])('made by the temporal CLI runs a %s', async (type) => {
    await bench.runWith(
      (taskQueue) => aWorld(servedBy(taskQueue, aTarget())),
      async (world, taskQueue) => {
        const name = `by-cli-${type}`;
        const cli = (...args: string[]) =>
          execa(join(toolsFolder(), 'temporal'), [...args, '--address', bench.env.address ?? '']);
        await cli(
          ...[
            'schedule',
            'create',
            '--schedule-id',
            name,
            '--cron',
            '0 2 * * 1-5',
            '--time-zone',
            'Europe/Berlin',
          ],
          ...['--catchup-window', '10m', '--overlap-policy', 'Skip', '--workflow-id', name],
          ...['--type', type, '--task-queue', taskQueue],
          ...['--input', '{"service":"shop","environment":"dev","version":"4.8.0"}'],
        );
        await cli('schedule', 'trigger', '--schedule-id', name);
        expect(await firing(name)).toMatchObject({ outcome: 'released', to: 'example/shop:4.8.0' });
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        // The schedule may not have seen yet that the first one has ended, and would skip this one.
        await cli('schedule', 'trigger', '--schedule-id', name, '--overlap-policy', 'AllowAll');
        expect(await firing(name, 2)).toMatchObject({ outcome: 'unchanged' });
        expect(world.image).toBe('example/shop:4.8.0');
        // A person who asks for what runs already has made a mistake.
        const { stdout, exitCode } = await execa(
          join(toolsFolder(), 'temporal'),
          [
            ...['workflow', 'execute', '--address', bench.env.address ?? '', '--type', type],
            ...['--task-queue', taskQueue, '--workflow-id', `by-hand-${type}`],
            ...['--input', '{"service":"shop","environment":"dev","version":"4.8.0"}'],
          ],
          { reject: false },
        );
        expect(exitCode).toBe(1);
        expect(stdout).toContain('already runs example/shop:4.8.0 (same-version)');
      },
    );
  });
});
