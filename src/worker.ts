/** Entry point of a worker process. */
import { runWorker } from './worker/run-worker.ts';

process.exitCode = await runWorker(process.argv.slice(2));
