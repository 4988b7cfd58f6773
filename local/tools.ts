import { join } from 'node:path';

import { buildJobs } from './build-tools.ts';
import { runJobs, type Job } from './jobs.ts';
import { toolsOnPath } from './path-tools.ts';
import { goProblem } from './prerequisites.mjs';
import { isToolSetCached, testToolSets, toolFolder, toolSets } from './tool-catalogue.mjs';
import type { ToolName, ToolSet } from './tool-catalogue.mjs';

export type { ToolName } from './tool-catalogue.mjs';

export type ToolPaths<Name extends ToolName = ToolName> = Record<Name, string>;

/** Every tool of the demo and of most tests. */
export const allTools: ToolName[] = toolSets.flatMap((set) => set.tools);

/** What a few tests need besides. */
export const testTools: ToolName[] = testToolSets.flatMap((set) => set.tools);

/**
 * The named tools in their pinned versions: from the user's cache folder, else from PATH, else to be built with
 * Go into the cache. Throws one sentence with the remedy when Go is needed and missing or too old.
 * @returns their absolute paths by name, and the jobs (none when all is there) to run before using them; jobs
 *   take minutes, may be interrupted, and may run in two processes at once
 */
export async function planTools<Name extends ToolName>(
  names: readonly Name[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ paths: ToolPaths<Name>; jobs: Job[] }> {
  const paths = new Map<ToolName, string>();
  const missing: ToolSet[] = [];
  const sets = [...toolSets, ...testToolSets];
  for (const set of sets.filter(({ tools }) => tools.some((tool) => isOneOf(tool, names)))) {
    const onPath = isToolSetCached(set, env) ? undefined : await toolsOnPath(set, env);
    for (const tool of set.tools)
      paths.set(tool, onPath?.get(tool) ?? join(toolFolder(set, env), 'bin', tool));
    if (!onPath && !isToolSetCached(set, env)) missing.push(set);
  }
  const problem = missing.length > 0 ? goProblem(env, missing) : undefined;
  if (problem) throw new Error(problem);
  const entries = names.map((name) => [name, paths.get(name)]);
  return { paths: Object.fromEntries(entries) as ToolPaths<Name>, jobs: buildJobs(missing, env) };
}

/**
 * The named tools, built now when they are not there yet: for a test that needs what the others do without, and
 * is run by its name.
 * @returns their absolute paths by name
 */
export async function provideTools<Name extends ToolName>(names: readonly Name[]): Promise<ToolPaths<Name>> {
  const { paths, jobs } = await planTools(names);
  await runJobs(jobs, { terminal: false });
  return paths;
}

function isOneOf(tool: ToolName, names: readonly ToolName[]): boolean {
  return names.includes(tool);
}
