/** The temporal CLI as a person would use it, against one server. */
import { join } from 'node:path';
import { execa } from 'execa';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { toolsFolder } from './cluster.ts';

/** `address` is asked for at each call: the server may not have been started yet. */
export function temporalCli(address: () => string) {
  /** Answers what it printed and how it ended. */
  const cli = async (...args: string[]) =>
    execa(join(toolsFolder(), 'temporal'), [...args, '--address', address()], { reject: false });

  const status = async (workflowId: string): Promise<ReleaseStatus> => {
    const query = ['workflow', 'query', '-w', workflowId, '--type', 'status', '--output', 'json'];
    const { stdout } = await cli(...query);
    return (JSON.parse(stdout) as { queryResult: [ReleaseStatus] }).queryResult[0];
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
