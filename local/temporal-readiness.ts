/** Whether a Temporal server answers, and whether it is the one that was started. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

export interface AwaitedServer {
  readonly process: ChildProcess;
  readonly address: string;
  /** A namespace that no other server has: another may have been quicker to take the port. */
  readonly identity: string;
  /** `Name=Type`: those that have to be usable. */
  readonly searchAttributes: readonly string[];
}

const startTimeoutMs = 120_000;
const askAgainMs = 50;
const answerTimeoutMs = 4_000;

/** Rejects when the process ends before it answers, or takes too long. */
export async function untilAnswering(server: AwaitedServer): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  const connection = Connection.lazy({ address: server.address });
  try {
    for (;;) {
      const isAnswering = await answers(connection, server);
      if (hasEnded(server.process)) throw new Error('it ended');
      if (isAnswering) return;
      if (Date.now() > deadline) throw new Error(`it does not answer at ${server.address}`);
      await sleep(askAgainMs);
    }
  } finally {
    await connection.close();
  }
}

/** Answering means: its namespaces are there, and the search attributes can be used. */
async function answers(
  connection: Connection,
  { identity, searchAttributes }: AwaitedServer,
): Promise<boolean> {
  const namespace = 'default';
  try {
    return await connection.withDeadline(Date.now() + answerTimeoutMs, async () => {
      await connection.workflowService.describeNamespace({ namespace: identity });
      await connection.workflowService.describeNamespace({ namespace });
      const known = await connection.operatorService.listSearchAttributes({ namespace });
      return searchAttributes.every((attribute) => {
        const [name = ''] = attribute.split('=');
        return name in (known.customAttributes ?? {});
      });
    });
  } catch {
    return false;
  }
}

export function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}
