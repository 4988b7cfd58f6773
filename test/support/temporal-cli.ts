/** The temporal CLI as a person would use it, against one server. */
import { join } from 'node:path';
import { execa } from 'execa';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { toolsFolder } from './cluster.ts';

/** A query needs a worker, which may be busy or about to be replaced: the CLI itself waits ten seconds. */
const patienceMs = 60_000;

/** `address` is asked for at each call: the server may not have been started yet. */
export function temporalCli(address: () => string) {
  /** Answers what it printed and how it ended. */
  const cli = async (...args: string[]) =>
    execa(join(toolsFolder(), 'temporal'), [...args, '--address', address()], { reject: false });

  const status = async (workflowId: string): Promise<ReleaseStatus> => {
    const query = ['workflow', 'query', '-w', workflowId, '--type', 'status', '--output', 'json'];
    const giveUpAt = Date.now() + patienceMs;
    for (;;) {
      const { exitCode, stdout, stderr } = await cli(...query);
      if (exitCode === 0) return statusIn(stdout);
      if (Date.now() > giveUpAt) throw new Error(`temporal ${query.join(' ')}: ${stderr}`);
    }
  };

  return {
    cli,
    status,
    /** Waits for a phase. */
    until: async (workflowId: string, phase: string): Promise<void> => {
      while ((await status(workflowId)).phase !== phase) await new Promise((next) => setTimeout(next, 100));
    },
  };
}

/** The CLI prints an empty list as null, and a status has no null of its own. */
function statusIn(printed: string): ReleaseStatus {
  const { queryResult } = JSON.parse(printed, (_key, value: unknown) => (value === null ? [] : value)) as {
    queryResult: [ReleaseStatus];
  };
  return queryResult[0];
}
