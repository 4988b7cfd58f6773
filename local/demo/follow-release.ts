/** Prints what a release does, as it does it: each step, how long it took, and the replicas while it waits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { diagnosisLines } from '../../src/domain/diagnosis-text.ts';
import { checkMark, durationWords } from '../../src/domain/status-details.ts';
import type { ReleaseStatus, StepStatus } from '../../src/domain/status.ts';
import { cliCommand } from './command.ts';
import { bold, say } from './say.ts';

const askAgainMs = 300;
const marks = { waiting: ' ', running: '▶', done: '✔', failed: '✖', skipped: '-' } as const;

/** Answers the outcome. `address`: of the server, for the command that shows more. */
export async function followRelease(client: Client, workflowId: string, address: string): Promise<string> {
  const handle = client.workflow.getHandle(workflowId);
  const seen = new Set<string>();
  let ended = false;
  const result = handle.result().then(
    () => undefined,
    (error: unknown) => error,
  );
  void result.then(() => (ended = true));
  for (;;) {
    const last = ended;
    const status = await handle.query<ReleaseStatus>('status');
    const runsIn = last ? undefined : status.runsIn;
    // The workflow that does the work knows each step at once.
    const { steps } = runsIn === undefined ? status : await newest(client, runsIn);
    for (const step of steps) tell(step, seen);
    if (runsIn !== undefined) await tellProgress(client, runsIn.workflowId, seen);
    if (last) return summary(status, await result, showCommand(address, workflowId));
    await sleep(askAgainMs);
  }
}

function newest(
  client: Client,
  { workflowId, runId }: NonNullable<ReleaseStatus['runsIn']>,
): Promise<ReleaseStatus> {
  return client.workflow.getHandle(workflowId, runId).query<ReleaseStatus>('status');
}

function tell(step: StepStatus, seen: Set<string>): void {
  const key = `${step.name} ${step.state} ${step.startedAt ?? ''}`;
  if (step.state === 'waiting' || seen.has(key)) return;
  seen.add(key);
  const took =
    step.startedAt !== undefined && step.endedAt !== undefined && step.state !== 'skipped'
      ? ` (${durationWords(Date.parse(step.endedAt) - Date.parse(step.startedAt))})`
      : '';
  const detail = step.detail === undefined ? '' : `: ${step.detail}`;
  say(`${marks[step.state]} ${step.name}${step.state === 'running' ? ' …' : `${took}${detail}`}`);
}

/** What the running activity says of itself in its heartbeats. */
async function tellProgress(client: Client, workflowId: string, seen: Set<string>): Promise<void> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  for (const { activityType, heartbeatDetails } of raw.pendingActivities ?? []) {
    const payload = heartbeatDetails?.payloads?.[0];
    if (payload === undefined) continue;
    const words = progressWords(defaultPayloadConverter.fromPayload(payload));
    const key = `${activityType?.name ?? ''} ${words}`;
    if (words === '' || seen.has(key)) continue;
    seen.add(key);
    say(`    ${words}`);
  }
}

function progressWords(heartbeat: unknown): string {
  if (typeof heartbeat !== 'object' || heartbeat === null) return '';
  const details = heartbeat as Record<string, unknown>;
  if (typeof details['check'] === 'string') return `checking: ${details['check']}`;
  if (typeof details['available'] !== 'number') return '';
  return `${String(details['updated'])} of ${String(details['desired'])} pods updated, ${String(details['available'])} available`;
}

function summary(status: ReleaseStatus, error: unknown, show: string): string {
  if (error !== undefined && !(error instanceof WorkflowFailedError)) throw asError(error);
  if (status.verification !== undefined) say(`  Checks of ${status.verifiedVersion ?? status.version}:`);
  for (const check of status.verification?.checks ?? []) {
    say(`    ${checkMark(check)} ${check.name}: ${check.summary}`);
  }
  if (status.diagnosis !== undefined) say(`  ${diagnosisLines(status.diagnosis).replaceAll('\n', '\n  ')}`);
  say(`\n${bold(status.phase)}: ${status.reason ?? ''}`);
  for (const note of status.notes) say(`Note: ${note}`);
  say(`Everything that happened stays readable: ${show}`);
  return status.outcome ?? 'unknown';
}

function showCommand(address: string, workflowId: string): string {
  return cliCommand(address, ['workflow', 'show', '--workflow-id', workflowId]).shown;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
