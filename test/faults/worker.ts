/**
 * Fairway's worker with one thing more: it dies by SIGKILL at the call that the file FAULT_FILE names.
 * Without a fault in the file it is an ordinary worker. FAULT_BUNDLE is a file with the workflows' code,
 * so that the many workers of these tests need not bundle it each.
 */
import { readFileSync } from 'node:fs';
import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { runWorker } from '../../src/worker/run-worker.ts';
import { parseFault, type Fault } from './fault.ts';

/** Long enough for helm, a watch or a request to be under way, and short enough to meet it there. */
const duringMilliseconds = 250;

/** Of each release and activity, the IDs of its calls so far. */
const calls = new Map<string, string[]>();

function deadlyInterceptor({ info }: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const moment = momentOfDeath(info);
      if (moment === 'before') die();
      if (moment === 'during') setTimeout(die, duringMilliseconds);
      try {
        return await next(input);
      } finally {
        if (moment === 'after') die();
      }
    },
  };
}

/** A call that is tried again is the same call: it keeps its ID. */
function momentOfDeath({ activityId, activityType, workflowExecution }: Context['info']) {
  const key = `${workflowExecution?.runId ?? ''}/${activityType}`;
  const known = calls.get(key) ?? [];
  calls.set(key, known);
  if (!known.includes(activityId)) known.push(activityId);
  const fault = readFault();
  const isMeant = fault?.activity === activityType && fault.call === known.indexOf(activityId) + 1;
  return isMeant ? fault.moment : undefined;
}

function readFault(): Fault | undefined {
  return parseFault(readFileSync(given('FAULT_FILE'), 'utf8'));
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

process.exitCode = await runWorker(process.argv.slice(2), {
  interceptors: [(context) => ({ inbound: deadlyInterceptor(context) })],
  workflowBundle: { codePath: given('FAULT_BUNDLE') },
});
