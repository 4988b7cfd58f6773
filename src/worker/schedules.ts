/**
 * Keeps the Temporal Schedules as the file describes them: created, updated, removed. Only those that this
 * set-up made are touched; they are known by a memo. Several workers may do it at the same time.
 */
import { createHash } from 'node:crypto';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleClient,
  type ScheduleOptions,
} from '@temporalio/client';
import { scheduleAction, schedulesToRemove, type KeptSchedule } from '../domain/schedule-plan.ts';
import { scheduledInput, type ScheduleSpec } from '../domain/schedule.ts';
import { StartError } from './start-error.ts';

export interface ScheduleSetUp {
  /** Where releases are started; also whose schedules these are. */
  readonly taskQueue: string;
  readonly schedules: readonly ScheduleSpec[];
}

interface Log {
  info(message: string): void;
  warn(message: string): void;
}

/** A schedule that was away for longer (no server, no worker) does not start what it missed. */
const catchupWindow = '10 minutes';
/** Raise it when the same entry of a file makes another schedule. */
const format = 1;
const ownerKey = 'fairwaySchedulesOf';
const digestKey = 'fairwayDigest';

/** Throws `StartError` when the server refuses a schedule. */
export async function reconcileSchedules(
  client: ScheduleClient,
  setUp: ScheduleSetUp,
  log: Log,
): Promise<void> {
  for (const schedule of setUp.schedules) await reconcile(client, setUp.taskQueue, schedule, log);
  try {
    await removeOthers(client, setUp, log);
  } catch (error) {
    // Those of the file are as described; the next start tries again.
    const why = error instanceof Error ? error.message : String(error);
    log.warn(`Schedules that the file no longer has could not be looked for: ${why}`);
  }
}

async function removeOthers(client: ScheduleClient, setUp: ScheduleSetUp, log: Log): Promise<void> {
  const names = setUp.schedules.map(({ name }) => name);
  for (const name of schedulesToRemove(setUp.taskQueue, names, await listKept(client))) {
    await unlessGone(client.getHandle(name).delete());
    log.info(`Schedule ${name} was removed: the file no longer has it.`);
  }
}

async function reconcile(
  client: ScheduleClient,
  owner: string,
  schedule: ScheduleSpec,
  log: Log,
): Promise<void> {
  const { name } = schedule;
  const digest = digestOf(owner, schedule);
  try {
    switch (scheduleAction(owner, digest, await read(client, name))) {
      case 'create':
        await client.create(optionsOf(owner, digest, schedule));
        return log.info(`Schedule ${name} was created.`);
      case 'update':
        await client.getHandle(name).update(({ state }) => {
          const { spec, action, policies } = optionsOf(owner, digest, schedule);
          // A pause by hand stays, unless the file says otherwise.
          const paused = schedule.paused ?? state.paused;
          return { spec, action, policies, state: { ...state, paused } };
        });
        return log.info(`Schedule ${name} was updated.`);
      case 'foreign':
        return log.warn(
          `Schedule ${name} is not this set-up's own and was left alone: give the one in the file another name, ` +
            `or remove the other one with: temporal schedule delete --schedule-id ${name}`,
        );
      case 'leave':
        return;
    }
  } catch (error) {
    // Another worker that starts at the same moment was first, with this file or with another one.
    if (error instanceof ScheduleAlreadyRunning || error instanceof ScheduleNotFoundError) {
      return reconcile(client, owner, schedule, log);
    }
    const why =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : '';
    throw new StartError(`Temporal refuses schedules.${name} of the file: ${why}`);
  }
}

async function read(client: ScheduleClient, name: string): Promise<KeptSchedule | undefined> {
  const found = await unlessGone(client.getHandle(name).describe());
  if (found === undefined) return undefined;
  const memo = found.action.memo ?? {};
  return {
    name,
    ...optionalText('owner', found.memo?.[ownerKey]),
    ...optionalText('digest', memo[digestKey]),
  };
}

async function listKept(client: ScheduleClient): Promise<readonly KeptSchedule[]> {
  const kept: KeptSchedule[] = [];
  for await (const { scheduleId, memo } of client.list()) {
    kept.push({ name: scheduleId, ...optionalText('owner', memo?.[ownerKey]) });
  }
  return kept;
}

function optionsOf(owner: string, digest: string, schedule: ScheduleSpec) {
  const { name, times, timeZone, service, environment } = schedule;
  return {
    scheduleId: name,
    spec: {
      timezone: timeZone,
      ...(times.kind === 'cron'
        ? { cronExpressions: [times.cron] }
        : {
            calendars: [
              {
                hour: times.hour,
                minute: times.minute,
                ...(times.daysOfWeek === undefined ? {} : { dayOfWeek: [...times.daysOfWeek] }),
                ...(times.daysOfMonth === undefined ? {} : { dayOfMonth: [...times.daysOfMonth] }),
              },
            ],
          }),
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'release',
      // The server adds the time of each firing.
      workflowId: name,
      taskQueue: owner,
      args: [scheduledInput(schedule)],
      memo: { [digestKey]: digest },
      staticSummary: `${service} → ${environment}, by schedule ${name}`,
    },
    policies: { overlap: 'SKIP', catchupWindow, pauseOnFailure: false },
    memo: { [ownerKey]: owner },
    state: {
      paused: schedule.paused ?? false,
      note: 'Described in fairway.yaml: changes by hand are overwritten.',
    },
  } satisfies ScheduleOptions;
}

function digestOf(owner: string, schedule: ScheduleSpec): string {
  const text = JSON.stringify([format, owner, schedule]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

function optionalText<K extends string>(key: K, value: unknown): { readonly [P in K]?: string } {
  return typeof value === 'string' ? ({ [key]: value } as { readonly [P in K]: string }) : {};
}
