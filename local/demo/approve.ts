/** Two people say yes, as they would: with the temporal CLI. */
import type { Client } from '@temporalio/client';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { cliCommand, runCommand } from './command.ts';
import { say } from './say.ts';
import { setTimeout as sleep } from 'node:timers/promises';

const askAgainMs = 200;

export interface Approval {
  readonly temporalCli: string;
  readonly address: string;
  readonly workflowId: string;
  readonly people: readonly string[];
}

/** Waits until people are asked; does nothing when the release ends before. */
export async function approve(client: Client, approval: Approval): Promise<void> {
  const handle = client.workflow.getHandle(approval.workflowId);
  for (const by of approval.people) {
    for (;;) {
      const { approval: round, outcome } = await handle.query<ReleaseStatus>('status');
      if (outcome !== undefined) return;
      if (round !== undefined) break;
      await sleep(askAgainMs);
    }
    const command = cliCommand(approval.address, [
      ...['workflow', 'signal', '--workflow-id', approval.workflowId],
      ...['--name', 'approve', '--input', JSON.stringify({ by })],
    ]);
    say(`$ ${command.shown}`);
    await runCommand(approval.temporalCli, command);
  }
}
