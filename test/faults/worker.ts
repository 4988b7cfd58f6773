/**
 * Fairway's worker with one thing more: at the calls that the file FAULT_FILE names it dies by SIGKILL, or
 * waits. Without a fault in the file it is an ordinary worker.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setInterval } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { runWorker } from '../../src/worker/run-worker.ts';
import { faultText, parseFaults, type Call, type Fault } from './fault.ts';

const lookAgainMilliseconds = 50;

function deadlyInterceptor({ info }: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const call = callOf(info);
      const fault = faults().find((each) => each.call === call);
      if (fault === undefined) return next(input);
      const dies = () => {
        die(fault);
      };
      if (fault.moment === 'held') await held(fault);
      if (fault.moment === 'before') dies();
      if (fault.moment === 'during') setTimeout(dies, fault.milliseconds);
      try {
        return await next(input);
      } finally {
        if (fault.moment === 'after' || fault.moment === 'during') dies();
      }
    },
  };
}

/** A call that is tried again is the same call, also on the next worker: it keeps its ID. */
function callOf({ activityId, activityType, workflowExecution }: Context['info']): Call {
  const kind = `${workflowExecution?.runId ?? ''} ${activityType} `;
  const ofKind = read('FAULT_CALLS')
    .split('\n')
    .filter((line) => line.startsWith(kind));
  const call = `${kind}${activityId}`;
  if (!ofKind.includes(call)) {
    ofKind.push(call);
    appendFileSync(given('FAULT_CALLS'), `${call}\n`);
  }
  return `${activityType}:${ofKind.indexOf(call) + 1}`;
}

/** The next worker finds the file without this fault: nobody dies twice of one. */
function die(fault: Fault): void {
  const left = faults().filter((each) => each.call !== fault.call);
  writeFileSync(given('FAULT_FILE'), left.map(faultText).join('\n'));
  process.kill(process.pid, 'SIGKILL');
}

/** The test hears of it, and takes the fault off the file to let it go on. */
async function held({ call }: Fault): Promise<void> {
  process.stdout.write(`held ${call}\n`);
  const { cancellationSignal } = Context.current();
  for await (const _ of setInterval(lookAgainMilliseconds)) {
    cancellationSignal.throwIfAborted();
    if (!faults().some((each) => each.call === call)) return;
  }
}

function faults(): readonly Fault[] {
  return parseFaults(read('FAULT_FILE'));
}

function read(name: string): string {
  return readFileSync(given(name), 'utf8');
}

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

const exitCode = await runWorker(process.argv.slice(2), {
  interceptors: [(context) => ({ inbound: deadlyInterceptor(context) })],
});
// As src/worker.ts ends: what a signal left half open keeps nobody waiting.
process.exit(exitCode);
