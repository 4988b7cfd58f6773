/** The workflows' code as one file, as a worker wants it. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  type WorkflowBundleOption,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';

/**
 * The one that was made beside the compiled code; else made now, which takes a processor some seconds.
 * @param interceptors paths of modules that are bundled, too: those of a traced worker, or none
 */
export async function workflowBundle(interceptors: readonly string[]): Promise<WorkflowBundleOption> {
  const codePath = madeFile(interceptors);
  return isCompiled && existsSync(codePath) ? { codePath } : bundleWorkflows(interceptors);
}

/** Makes the file that `workflowBundle` then takes; of compiled code only, so that it is never out of step. */
export async function writeWorkflowBundle(interceptors: readonly string[]): Promise<void> {
  if (!isCompiled) throw new Error('Only compiled code is bundled beforehand: npm run build');
  await writeFile(madeFile(interceptors), (await bundleWorkflows(interceptors)).code);
}

async function bundleWorkflows(interceptors: readonly string[]): Promise<WorkflowBundleWithSourceMap> {
  const quiet = { ...console, trace: ignore, debug: ignore, info: ignore, log: ignore };
  return bundleWorkflowCode({
    ...{ workflowsPath, logger: quiet },
    workflowInterceptorModules: [besideThis('workflows/release-log'), ...interceptors],
  });
}

const ignore = () => undefined;
const isCompiled = import.meta.url.endsWith('.js');

const workflowsPath = besideThis('workflows/index');

/** Path of a module, given without its ending. */
function besideThis(module: string): string {
  return fileURLToPath(new URL(`../${module}.${isCompiled ? 'js' : 'ts'}`, import.meta.url));
}

function madeFile(interceptors: readonly string[]): string {
  const name = interceptors.length === 0 ? 'workflows.bundle.js' : 'workflows-traced.bundle.js';
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
