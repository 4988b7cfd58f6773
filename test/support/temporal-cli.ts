/** The temporal CLI as a person would use it, against one server, and what a release says of itself there. */
import { Client, Connection } from '@temporalio/client';
import { neutralCliFlags } from '../../local/neutral-environment.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { eventually, eventualStatus } from './eventually.ts';
import { runTemporal } from './run-temporal.ts';

/** A query needs a worker, which may be busy or about to be replaced. */
const patienceMs = 180_000;
const queryMs = 10_000;

/** `address` is asked for at each call: the server may not have been started yet. */
export function temporalCli(address: () => string) {
  /** Answers what it printed and how it ended. */
  const cli = async (...args: string[]) =>
    runTemporal([...args, '--address', address(), ...neutralCliFlags], { reject: false });

  // Asked again and again: each start of the CLI would cost a third of a second of a processor.
  const status = async (workflowId: string): Promise<ReleaseStatus> => {
    const giveUpAt = Date.now() + patienceMs;
    const connection = Connection.lazy({ address: address() });
    const { workflow } = new Client({ connection });
    const ask = () => workflow.getHandle(workflowId).query<ReleaseStatus>('status');
    try {
      for (;;) {
        try {
          return await connection.withDeadline(Date.now() + queryMs, ask);
        } catch (error) {
          if (Date.now() > giveUpAt) throw error;
          await pause();
        }
      }
    } finally {
      await connection.close();
    }
  };

  return {
    cli,
    status,
    /** Lists are a moment behind: waits until they have a release that has brought its version. */
    untilListed: async (workflowId: string): Promise<void> => {
      const query = `WorkflowId='${workflowId}' AND ExecutionStatus='Completed' AND FairwayOutcome='released'`;
      await eventually(
        async () => (await cli('workflow', 'list', '--query', query, '--output', 'json')).stdout,
        (listed) => listed.includes('workflowId'),
        { everyMs: 200 },
      );
    },
    /** Waits for a phase. */
    until: (workflowId: string, phase: string) =>
      eventualStatus(
        () => status(workflowId),
        (seen) => seen.phase === phase,
      ),
  };
}

function pause(): Promise<void> {
  return new Promise((next) => setTimeout(next, 100));
}
