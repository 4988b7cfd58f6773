/** Run of compiled code, as `node dist/bundle-workflows.js`: a worker that finds the bundles starts sooner. */
import { tracedWorkflowModules } from './worker/tracing.ts';
import { writeWorkflowBundle } from './worker/workflow-bundle.ts';

await writeWorkflowBundle([]);
await writeWorkflowBundle(tracedWorkflowModules());
