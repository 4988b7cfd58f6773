/** The temporal CLI, run again where a server that is busy has kept it from its work. */
import { join } from 'node:path';
import { execa } from 'execa';
import { toolsFolder } from './cluster.ts';
import { eventually } from './eventually.ts';

/** It gives up after five seconds, and has sent nothing then. */
const unreached = /failed reaching server/;
const unanswered = /failed reaching server|deadline exceeded/i;
const readOnly = ['list', 'describe', 'show', 'result', 'query'];

/** Rejects, or answers how it ended, as execa does. */
export async function runTemporal(args: readonly string[], { reject = true } = {}) {
  const problem = readOnly.includes(args[1] ?? '') ? unanswered : unreached;
  const run = () => execa(join(toolsFolder(), 'temporal'), args, { reject: false });
  const ended = await retried(run, problem);
  if (reject && ended instanceof Error) throw ended;
  return ended;
}

/** For a command that may be of another program, and does not reject. */
export async function retried<Ended extends { readonly stderr: string }>(
  run: () => PromiseLike<Ended>,
  problem = unreached,
): Promise<Ended> {
  return eventually(
    async () => run(),
    ({ stderr }) => !problem.test(stderr),
    { everyMs: 500, withinMs: 120_000 },
  );
}
